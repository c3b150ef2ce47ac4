#!/usr/bin/env perl
# usage: bad_server.pl PORT FAULT PHASE
# A server of Ollama's interface and of OpenAI's that answers every question, and every second request for text (those
# whose prompt has "sky"). With the others, beginning with the first, FAULT happens in PHASE:
#
#	phases   load       the model is loaded, before all requests
#	         unread     nothing of the request was read
#	         read       it was, and nothing was answered
#	         header     the header of the reply was sent
#	         token      and a line with a token
#	         line       and half of another
#	         end        all tokens were sent, but not the line that says so
#	         final      everything, but the end of the transfer
#	faults   reset, close, stall (for ever), kill (the server, by signal 9), stop (the server, by SIGSTOP, for 300 ms),
#	         and with the phase "-" those of %whole below; "refuse" with it: nobody listens any more, "refuse-200": for so
#	         many ms
#
# It makes the file $BAD_SERVER_ASKED, if that is set, once the first request has come. One process, one thread; it ends
# with TERM.
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Socket qw(SOL_SOCKET SO_LINGER MSG_PEEK);
use Time::HiRes qw(time);

my ($port, $fault, $phase) = @ARGV;
my @phases = qw(unread read header token line end final);
my $count = 0;
my $listener = listen_at_port();
my ($refuse_at, $listen_at); # when the listener is to be closed, and opened again
my %connections; # by file number: socket, bytes read, steps to do, time of the next one
$SIG{PIPE} = $SIG{CHLD} = "IGNORE";

sub listen_at_port
{
	return IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $port, Listen => 64, ReuseAddr => 1) || die "port: $!";
}

# The listener is closed and opened again when it is time.
sub listen_or_not
{
	if (defined $refuse_at && time >= $refuse_at) {
		$listener->close;
		($listener, $refuse_at) = ();
		$listen_at = time + $1 / 1000 if $fault =~ /^refuse-(\d+)/;
	} elsif (defined $listen_at && time >= $listen_at) {
		$listener = listen_at_port();
		$listen_at = undef;
	}
}

sub head
{
	my ($status, @lines) = @_;
	return join("\r\n", "HTTP/1.1 $status", "Connection: close", @lines) . "\r\n\r\n";
}
sub whole { my ($status, $body) = @_; return head($status, "Content-Type: application/json", "Content-Length: " . length $body) . $body }
sub chunk { return sprintf "%x\r\n%s\r\n", length $_[0], $_[0] }

# The lines of a sound answer: four tokens, what says that it is done.
sub ollama_lines
{
	my @lines = map { "{\"model\":\"m\",\"response\":\"word$_ \",\"done\":false}\n" } 1 .. 4;
	return (@lines, "{\"model\":\"m\",\"response\":\"\",\"done\":true,\"done_reason\":\"stop\",\"total_duration\":9000,\"load_duration\":1," .
		"\"prompt_eval_count\":3,\"prompt_eval_duration\":1000,\"eval_count\":4,\"eval_duration\":1000}\n");
}
sub openai_lines
{
	my @lines = map { "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word$_ \"},\"finish_reason\":null}]}\n\n" } 1 .. 4;
	return (@lines, "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n" .
		"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\ndata: [DONE]\n\n");
}

# What happens with a whole reply: its header for a stream, its lines, and how a line says an error.
my %whole = (
	"404" => sub { ["send", whole("404 Not Found", "{\"error\":\"no such thing\"}")] },
	"429" => sub { ["send", whole("429 Too Many Requests", "{\"error\":\"slow down\"}")] },
	"500" => sub { ["send", whole("500 Internal Server Error", "{\"error\":\"broken\"}")] },
	"503-burst" => sub { ["send", whole("503 Service Unavailable", "{\"error\":\"busy\"}")] },
	"redirect" => sub { ["send", head("302 Found", "Location: http://127.0.0.1:1/", "Content-Length: 0")] },
	"error-line" => sub { my ($head, $lines, $error) = @_; ["send", $head . chunk($lines->[0]) . chunk($error) . "0\r\n\r\n"] },
	"error-first" => sub { my ($head, $lines, $error) = @_; ["send", $head . chunk($error) . "0\r\n\r\n"] },
	"no-final-line" => sub { my ($head, $lines) = @_; ["send", $head . join("", map { chunk($_) } @$lines[0 .. 3]) . "0\r\n\r\n"] },
	"empty" => sub { my ($head) = @_; ["send", $head . "0\r\n\r\n"] },
	"html" => sub { ["send", whole("200 OK", "<html><body>proxy</body></html>\n")] },
	"wrong-json" => sub { my ($head, $lines) = @_; ["send", $head . chunk($lines->[0]) . chunk("data: {\"a\":,}\n\n") . "0\r\n\r\n"] },
	"wrong-chunk" => sub { my ($head, $lines) = @_; ["send", $head . chunk($lines->[0]) . "zz\r\n" . $lines->[1]] },
	"long-length" => sub { my (undef, $lines) = @_; my $body = $lines->[0]; ["send", head("200 OK", "Content-Length: 9999") . $body] },
	"short-length" => sub { my (undef, $lines) = @_; ["send", head("200 OK", "Content-Length: 30") . join("", @$lines)] },
	"no-http" => sub { ["send", "SSH-2.0-OpenSSH\r\n"] },
	"half-lines" => sub {
		my ($head, $lines) = @_;
		return (["send", $head], map { my $cut = int(length($_) / 2);
			(["send", chunk(substr $_, 0, $cut)], ["wait", 0.02], ["send", chunk(substr $_, $cut)]) } @$lines), ["send", "0\r\n\r\n"];
	},
	"drip" => sub { my ($head, $lines) = @_; map { (["send", $_], ["wait", 0.0005]) } split //, $head . join("", map { chunk($_) } @$lines) . "0\r\n\r\n" },
);

# The steps of a request for text.
sub steps_of
{
	my ($openai, $bad) = @_;
	my @lines = $openai ? openai_lines() : ollama_lines();
	my $head = head("200 OK", "Content-Type: " . ($openai ? "text/event-stream" : "application/x-ndjson"), "Transfer-Encoding: chunked");
	my $error = $openai ? "data: {\"error\":{\"message\":\"gone wrong\",\"code\":500}}\n\n" : "{\"error\":\"gone wrong\"}\n";
	my @parts = ("", "", $head, chunk($lines[0]), substr(chunk($lines[1]), 0, 20),
		substr(chunk($lines[1]), 20) . chunk($lines[2]) . chunk($lines[3]), chunk($lines[4]));
	my @steps;
	return ($whole{$fault}->($head, \@lines, $error), ["close"]) if $bad && exists $whole{$fault};
	for my $at (0 .. $#parts) {
		push @steps, ["send", $parts[$at]];
		next if !$bad || $phases[$at] ne $phase;
		push @steps, [$fault];
	}
	return (@steps, ["send", "0\r\n\r\n"], ["close"]);
}

sub answer
{
	my ($path) = @_;
	return "{\"version\":\"0.6.3\"}" if $path eq "/api/version";
	return "{\"models\":[{\"name\":\"m\",\"model\":\"m\",\"digest\":\"d\",\"size\":1000,\"details\":{}}]}" if $path eq "/api/tags";
	return "{\"models\":[]}" if $path eq "/api/ps";
	return "{\"details\":{},\"model_info\":{\"general.architecture\":\"llama\"}}" if $path eq "/api/show";
	return "{\"response\":\"\",\"done\":true,\"done_reason\":\"load\"}\n" if $path =~ m{^/api/(generate|chat)};
	return "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"}]}" if $path eq "/v1/models";
	return "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"finish_reason\":\"length\"}]," .
		"\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2}}" if $path =~ m{/completions$};
	return undef;
}

# Which of the requests for text is bad: by their arrival.
sub is_bad
{
	$count++;
	if (defined $ENV{BAD_SERVER_ASKED}) { open my $file, ">", $ENV{BAD_SERVER_ASKED} }
	return $count <= 3 if $fault eq "503-burst";
	return $count % 2 == 1;
}

sub close_hard { my $client = shift; setsockopt $client, SOL_SOCKET, SO_LINGER, pack("ll", 1, 0); close $client }

# A child wakes it up.
sub stop_for
{
	my ($seconds, $server) = (shift, $$);
	if (!fork) {
		select undef, undef, undef, $seconds;
		kill "CONT", $server;
		POSIX::_exit(0);
	}
	kill "STOP", $$;
}

# Does what is due; false: the connection is over.
sub go_on
{
	my $connection = shift;
	while (@{$connection->{steps}} && time >= $connection->{at}) {
		my ($what, $value) = @{shift @{$connection->{steps}}};
		if ($what eq "send") { syswrite $connection->{socket}, $value if $value ne "" }
		elsif ($what eq "wait") { $connection->{at} = time + $value }
		elsif ($what eq "kill") { kill "KILL", $$ }
		elsif ($what eq "stop") { stop_for(0.3) }
		elsif ($what eq "stall") { $connection->{steps} = []; $connection->{stalls} = 1 }
		elsif ($what eq "reset") { close_hard($connection->{socket}); return 0 }
		elsif ($what eq "close") { close $connection->{socket}; return 0 }
	}
	return 1;
}

# Bytes, or the client's end, have come. A request that shall not be read is looked at only.
sub read_some
{
	my $connection = shift;
	my $bytes = "";
	return 1 if $connection->{stalls} && $connection->{unread};
	if ($phase eq "unread" && !$connection->{read}) {
		recv $connection->{socket}, $bytes, 65536, MSG_PEEK;
		if ($bytes =~ /sky/ && is_bad()) {
			$connection->{unread} = 1;
			$connection->{steps} = [[$fault]];
			return go_on($connection);
		}
		$connection->{judged} = $bytes =~ /sky/;
	}
	sysread $connection->{socket}, $bytes, 65536 or do { close $connection->{socket}; return 0 };
	$connection->{read} .= $bytes;
	return 1 if $connection->{steps} && @{$connection->{steps}} || $connection->{stalls};
	my ($head, $body) = $connection->{read} =~ /^(.*?)\r\n\r\n(.*)$/s or return 1;
	my ($size) = $head =~ /^content-length: *(\d+)/mi;
	return 1 if length($body) < ($size // 0);
	my ($path) = $head =~ m{^\S+ ([^ ?]+)};
	if ($body =~ /sky/) {
		$connection->{steps} = [steps_of(scalar($path =~ m{^/v1/}), !$connection->{judged} && is_bad())];
	} else {
		my $answer = answer($path);
		my $loads = $path =~ m{^/api/(generate|chat)};
		$refuse_at = time if $loads && $fault =~ /^refuse/;
		$connection->{steps} = [$loads && $phase eq "load" ? [$fault] : (), ["send", defined $answer ? whole("200 OK", $answer) : whole("404 Not Found", "{}")], ["close"]];
	}
	return go_on($connection);
}

while (1) {
	my $waits = defined $refuse_at || defined $listen_at || grep { $_->{steps} && @{$_->{steps}} } values %connections;
	listen_or_not();
	my $select = IO::Select->new($listener // (), map { $_->{socket} } values %connections);
	for my $ready ($select->can_read($waits ? 0.002 : 5)) {
		if (defined $listener && $ready == $listener) {
			my $client = $listener->accept or next;
			$connections{fileno $client} = {socket => $client, read => "", at => 0};
			next;
		}
		my $number = fileno $ready;
		delete $connections{$number} if !read_some($connections{$number});
	}
	for my $number (keys %connections) {
		my $connection = $connections{$number};
		delete $connections{$number} if $connection->{steps} && @{$connection->{steps}} && !go_on($connection);
	}
}
