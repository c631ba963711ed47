# Forked children, pipes, closures and a hash with a checksum. worker.pl LOG
use strict;
use warnings;
use IO::Handle;

open(my $log, '>>', $ARGV[0]) or die "$ARGV[0]: $!";
$log->autoflush(1);
sub check { my ($good, $what) = @_; return if $good; print $log "FAIL worker.pl: $what ($!)\n"; exit 99; }

pipe(my $from, my $to_parent) or die;
pipe(my $order, my $to_child) or die;
my $child = fork() // die;
if (!$child) {
    close $from;
    close $to_child;
    $to_parent->autoflush(1);
    while (my $line = <$order>) { chomp $line; print $to_parent scalar(reverse $line), "\n"; }
    exit 0;
}
close $order;
close $to_parent;
$to_child->autoflush(1);
my %hash = map { $_ => $_ * 3 } 1 .. 20000;
my $count = do { my $n = 0; sub { return ++$n } };
for my $beat (1 .. 12000) {
    check($count->() == $beat, 'closure');
    print $to_child "text $beat\n";
    my $answer = <$from>;
    check(defined $answer && $answer eq reverse("text $beat") . "\n", 'answer of the child');
    my $sum = 0;
    $sum += $_ for values %hash;
    check($sum == 3 * 20000 * 20001 / 2, 'hash');
    if ($beat % 5 == 0) {
        my $status = system('/bin/sh', '-c', "exit " . $beat % 7);
        check($status >> 8 == $beat % 7, 'status of a command');
        check(`printf %s $beat` eq $beat, 'output of a command');
    }
    my $slept = select(undef, undef, undef, 0.05);
    check($slept == 0, 'interrupted sleep');
    check($$ == getppid_of($child), 'parent of the child');
    print $log "$beat ok\n";
}

sub getppid_of {
    open(my $stat, '<', "/proc/$_[0]/stat") or return -1;
    my $line = <$stat>;
    return (split ' ', substr($line, rindex($line, ')') + 2))[1];
}
