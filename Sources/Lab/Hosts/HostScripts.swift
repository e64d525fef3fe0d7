/// What a host runs to come up.
enum HostScripts {
  /// Starts a host: `$1` the lab's directory, `$2` the host's name, and what `boot` takes after it.
  ///
  /// Every program of the host inherits the two variables, by which it is found again. The third descriptor is
  /// the machine's own network, through which the host plugs in its link.
  static let start = """
    host=$1/hosts/$2
    exec 3</proc/self/ns/net
    FAILOVER_LAB=$1 FAILOVER_LAB_HOST=$host setsid unshare --mount --pid --net --uts --ipc --fork --kill-child \\
      sh "$1/boot" "$@" >"$host/log" 2>&1 </dev/null &
    echo $! >"$host/pid"
    """

  /// Runs as process 1 of a host in namespaces of its own. The host's root is memory, with the machine's
  /// programs; neither the machine's homes nor other hosts are to be seen in it.
  static let boot = """
    set -e
    lab=$1 name=$2 link=$3 bridge=$4 address=$5 gateway=$6 workspace=$7 boot=$8
    host=$lab/hosts/$name root=$lab/hosts/$name/root
    mount -t tmpfs -o size=64m,mode=755 lab "$root"
    for entry in bin sbin lib lib32 lib64 libx32 usr etc opt; do
      if [ -L "/$entry" ]; then cp -P "/$entry" "$root/$entry"
      elif [ -d "/$entry" ]; then
        mkdir "$root/$entry"
        mount --rbind "/$entry" "$root/$entry"
        # What a host's scripts install must not change the machine.
        mount -o remount,bind,ro "$root/$entry"
      fi
    done
    mkdir "$root/dev"
    mount --rbind /dev "$root/dev"
    cd "$root"
    mkdir -p proc tmp root run/sshd var/tmp var/log home lab ".$lab" ".$workspace"
    chmod 1777 tmp var/tmp
    chmod 700 root
    mount -t proc proc proc
    mount --bind "$lab/disks/$name" ".$workspace"
    mount --bind "$host/lab" lab
    # A host reaches the others as the machine does, with the same files at the same paths.
    cp -p "$lab/identity" ".$lab/identity"
    : >".$lab/known_hosts"
    mount --bind "$lab/known_hosts" ".$lab/known_hosts"
    sleep "$boot"
    outside() { nsenter --net=/proc/self/fd/3 "$@"; }
    outside ip -batch - <<END
    link add $link type veth peer name eth0 netns $$
    link set $link master $bridge up
    END
    # The same hardware address at every boot: others go on using the one they know for half a minute.
    hardware=$(printf '02:00:0a:da:%02x:%02x' $(echo "${address#*.*.}" | tr . ' '))
    ip -batch - <<END
    link set lo up
    link set eth0 address $hardware
    address add $address/24 dev eth0
    link set eth0 up
    route add default via $gateway
    END
    sh "$host/shape" inside eth0
    outside sh "$host/shape" outside "$link"
    outside ip route delete unreachable "$address" || true
    exec 3<&-
    exec chroot "$root" /bin/sh /lab/main
    """

  /// What process 1 goes on with, inside the host's root: it starts what is to run and buries the dead.
  static let main = """
    hostname "$(cat /lab/name)"
    export HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    cd /root
    if [ -f /lab/onstart ]; then sh /lab/onstart >/var/log/onstart 2>&1 </dev/null & fi
    # Its log is this script's standard error.
    /usr/sbin/sshd -D -e -f /lab/sshd_config &
    while :; do wait; sleep 3600 & done
    """

  /// Only what a test host needs, and nothing of the machine's own settings. Many tests share few processors,
  /// so the limits on waiting connections are far above sshd's own (10).
  static let sshd = """
    ListenAddress 0.0.0.0
    HostKey /lab/key
    AuthorizedKeysFile /lab/authorized_keys
    PidFile none
    UsePAM no
    StrictModes no
    PasswordAuthentication no
    PermitRootLogin prohibit-password
    MaxStartups 200
    MaxSessions 200
    UseDNS no
    PrintMotd no
    PrintLastLog no
    Subsystem sftp internal-sftp

    """

  /// Runs a command inside a host, as from its console: `$1` the lab's directory, `$2` the host's name, `$3` the
  /// command, then the command's own arguments.
  static let console = """
    host=$1/hosts/$2 command=$3
    process=$(cat "$host/pid")
    shift 3
    exec nsenter --mount=/proc/$process/ns/mnt --pid=/proc/$process/ns/pid_for_children \\
      --net=/proc/$process/ns/net --uts=/proc/$process/ns/uts --ipc=/proc/$process/ns/ipc \\
      chroot "$host/root" /usr/bin/env HOME=/root /bin/sh -c "$command" sh "$@" </dev/null
    """

  /// Cuts a host's power: `$1` the lab's directory, `$2` the host's name, `$3` its link, `$4` its address. The
  /// link goes first, so nothing that the dying programs would say gets out. Ends when nothing runs any more.
  static let powerOff = """
    host=$1/hosts/$2
    ip link delete "$3" 2>/dev/null
    ip route replace unreachable "$4"
    tries=0
    # Not by grep's exit status: that says 2 whenever any process of the machine has ended meanwhile.
    while found=$(grep -lszxF "FAILOVER_LAB_HOST=$host" /proc/[0-9]*/environ) || true; [ -n "$found" ]; do
      kill -9 $(echo "$found" | cut -d/ -f3) 2>/dev/null
      tries=$((tries + 1))
      [ $tries -lt 500 ] || { echo "processes of $2 do not die" >&2; exit 1; }
      sleep 0.01
    done
    rm -f "$host/pid"
    """
}
