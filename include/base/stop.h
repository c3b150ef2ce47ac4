/*
 * How soon the user wants the program to end: the value of the stop flag,
 * which a signal handler raises and everything that takes time looks at. Of a
 * later one everything holds that the earlier ones ask for.
 */
#ifndef BASE_STOP_H
#define BASE_STOP_H

enum stop {
	STOP_NOT,
	STOP_SOON, /* nothing new is begun; requests that are being measured are let finish */
	STOP_NOW,  /* they are cancelled, and a server is not given time to end */
};

#endif
