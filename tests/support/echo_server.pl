#!/usr/bin/env perl
# usage: echo_server.pl PORT
# A server of Ollama's interface that says $ECHO_TEXT wherever a server can say anything: names, versions, answers, errors,
# headers, its log. It wants $ECHO_KEY as a bearer token, unless that is empty, and has the models of $ECHO_MODELS, one a
# line. Every third request for text fails with status 500, every fourth with an error in its stream. To requests of
# $ECHO_PATH it answers $ECHO_HEAD, the lines of a header, and $ECHO_FLOOD without end. One process for each connection; it
# ends with TERM.
use strict;
use warnings;
use IO::Socket::INET;

my $text = $ENV{ECHO_TEXT} // "";
my $key = $ENV{ECHO_KEY} // "";
my $asked = 0;

sub quoted
{
	my ($string) = @_;
	$string =~ s/(["\\])/\\$1/g;
	$string =~ s/([\x00-\x1f])/sprintf "\\u%04x", ord $1/ge;
	return "\"$string\"";
}

sub reply
{
	my ($client, $status, $type, $body) = @_;
	(my $line = $text) =~ s/[\x00-\x1f]/ /g;
	print $client "HTTP/1.1 $status\r\nContent-Type: $type\r\nX-Echo: $line\r\nWWW-Authenticate: Bearer $line\r\n" .
		"Content-Length: " . length($body) . "\r\nConnection: close\r\n\r\n$body";
}

sub generate
{
	my ($number, $body) = @_;
	my $q = quoted($text);
	return ("500 No", "{\"error\":$q}") if $number % 3 == 2;
	my $lines = "{\"response\":$q,\"done\":false}\n{\"response\":\"b\",\"done\":false}\n";
	return ("200 OK", "$lines\{\"error\":$q}\n") if $number % 4 == 3;
	return ("200 OK", $lines . "{\"response\":\"\",\"done\":true,\"done_reason\":$q,\"total_duration\":9000,\"load_duration\":1," .
		"\"prompt_eval_count\":3,\"prompt_eval_duration\":1000,\"eval_count\":2,\"eval_duration\":1000}\n");
}

sub answer
{
	my ($path, $number, $body) = @_;
	my $q = quoted($text);
	my $details = "{\"format\":$q,\"family\":$q,\"families\":[$q],\"parameter_size\":$q,\"quantization_level\":$q}";
	my @models = map { "{\"name\":" . quoted($_) . ",\"model\":" . quoted($_) . ",\"digest\":$q,\"size\":1000,\"details\":$details}" }
		split /\n/, $ENV{ECHO_MODELS} // "m";
	return ("200 OK", "{\"version\":$q}") if $path eq "/api/version";
	return ("200 OK", "{\"models\":[" . join(",", @models) . "]}") if $path eq "/api/tags";
	return ("200 OK", "{\"models\":[]}") if $path eq "/api/ps";
	return ("200 OK", "{\"license\":$q,\"modelfile\":$q,\"parameters\":$q,\"template\":$q,\"system\":$q,\"details\":$details," .
		"\"model_info\":{\"general.architecture\":$q,$q:$q},\"capabilities\":[$q]}") if $path eq "/api/show";
	return ("200 OK", "{\"response\":\"\",\"done\":true,\"done_reason\":\"load\"}\n") if $body !~ /"prompt":"[^"]/;
	return generate($number, $body);
}

sub flood
{
	my ($client) = @_;
	my $flood = $ENV{ECHO_FLOOD} // "";
	(my $head = $ENV{ECHO_HEAD} // "HTTP/1.1 200 OK") =~ s/\n/\r\n/g;
	print $client "$head\r\nConnection: close\r\n\r\n" or return;
	return if $flood eq "";
	$flood x= 1 + int(65536 / length $flood);
	1 while print $client $flood;
}

sub serve
{
	my ($client, $number) = @_;
	my ($head, $body) = ("", "");
	$head .= $_ while defined($_ = <$client>) && !/^\r?$/;
	read $client, $body, $1 if $head =~ /^Content-Length: (\d+)/mi;
	my ($path) = $head =~ m{^\S+ (\S+)};
	return reply($client, "200 OK", "text/plain", "Ollama is running") if !defined $path || $path eq "/";
	return reply($client, "401 No", "application/json", "{\"error\":" . quoted($text) . "}")
		if $key ne "" && $head !~ /^Authorization: Bearer \Q$key\E\r?$/m;
	return flood($client) if $path eq ($ENV{ECHO_PATH} // "") && ($path ne "/api/generate" || $body =~ /"prompt":"[^"]/);
	my ($status, $answer) = answer($path, $number, $body);
	reply($client, $status, "application/x-ndjson", $answer);
}

$SIG{CHLD} = $SIG{PIPE} = "IGNORE";
$| = 1;
print "listening; $text\n";
print STDERR "level=ERROR msg=\"$text\"\n";
my $listener = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], Listen => 64, ReuseAddr => 1) or die "port: $!";
while (1) {
	my $client = $listener->accept or next;
	$asked++;
	next if fork;
	serve($client, $asked);
	print "asked; $text\n";
	exit 0;
}
