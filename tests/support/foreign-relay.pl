#!/usr/bin/perl
# RTSP::Server, an RTSP server that the project has not written: foreign-relay.pl CLIENTS SOURCES RTP (ports).
#
# Relays what a source announces at the port SOURCES to whoever asks at the port CLIENTS, over UDP alone, without a password; takes
# ports for RTP from RTP on. Prints "ready" when it listens; ends with its standard input. Without arguments it only says
# whether what it needs is there (exit code).
use strict;
use warnings;
use AnyEvent;
use RTSP::Server;

exit 0 unless @ARGV;
my ($clients, $sources, $rtp) = @ARGV;
my $server = RTSP::Server->new(
    log_level => 0,
    client_listen_address => '127.0.0.1',
    client_listen_port => $clients,
    source_listen_address => '127.0.0.1',
    source_listen_port => $sources,
    rtp_start_port => $rtp,
);
$server->listen;
my $ended = AnyEvent->condvar;
my $watch = AnyEvent->io(fh => \*STDIN, poll => 'r', cb => sub { $ended->send unless sysread(STDIN, my $heard, 4096) });
$| = 1;
print "ready\n";
$ended->recv;
