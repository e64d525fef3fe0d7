/// How a lab is taken away, by its guardian or by whoever comes after. One script for both, so that there is one
/// way that is tested.
enum CleaningScript {
  /// `$1` the lab's directory, `$2` what its owner's file must say. Harmless when it runs twice, at once or later,
  /// and when another lab has got the number by now.
  ///
  /// It looks for what is there, not for what a list says: everything that a lab makes carries its number, which
  /// is claimed on the disk before the first thing is made.
  static let text = """
    lab=$1 owner=$2 number=${1##*/}
    # Whoever comes too late finds no directory, and makes nothing in it. Without "command" the shell would end with 2.
    { command exec 8<"$lab"; } 2>/dev/null || exit 0
    flock 8
    [ "$(cat "$lab/owner" 2>/dev/null)" = "$owner" ] || exit 0
    # The links first: what the dying programs would say to those they talk to stays unsaid.
    ip -o link show type veth | sed -n "s/^[0-9]*: \\(\(Lab.prefix)$number-[0-9]*\\)@.*/\\1/p" |
      while read -r link; do ip link delete "$link"; done
    tries=0
    # Not by grep's exit status: that says 2 whenever any process of the machine has ended meanwhile.
    while found=$(grep -lszxF "FAILOVER_LAB=$lab" /proc/[0-9]*/environ) || true; [ -n "$found" ]; do
      # What cannot be killed is left, and so is the directory, for the next who cleans.
      [ $tries -lt 500 ] || exit 1
      kill -9 $(echo "$found" | cut -d/ -f3) 2>/dev/null
      tries=$((tries + 1))
      sleep 0.01
    done
    ip link delete "\(Lab.prefix)$number" 2>/dev/null
    ip route show type unreachable | grep -F " \(Lab.network).$number." |
      while read -r route; do ip route delete $route; done
    # The deepest mounts first. The fifth field is the place.
    while read -r _ _ _ _ place _; do
      case $place in "$lab"/*) echo "$place" ;; esac
    done </proc/self/mountinfo | sort -r | while read -r place; do umount -l "$place"; done
    rm -rf "$lab"
    """

  /// Waits until the owner has let go of the pipe, however it ended, then cleans.
  static let guardian = "cat <\"$1/life\" >/dev/null\n" + text
}
