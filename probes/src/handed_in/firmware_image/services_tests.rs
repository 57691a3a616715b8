use super::*;

fn started(files: &[(&str, &str)], links: &[(&str, &str)]) -> Vec<(&'static str, String, bool)> {
    let mut starting = Starting::default();
    for (path, text) in files {
        assert!(says_what_starts(path), "{path}");
        starting.file(path, text);
    }
    for (path, target) in links {
        starting.link(path, target);
    }
    starting.end().into_iter().map(|one| (one.kind, one.what, one.always)).collect()
}

fn one(kind: &'static str, what: &str, always: bool) -> Vec<(&'static str, String, bool)> {
    vec![(kind, what.to_owned(), always)]
}

#[test]
fn an_inittab_starts_consoles_and_services() {
    let told = |text: &str| started(&[("/etc/inittab", text)], &[]);
    assert_eq!(told("ttyS0::askfirst:-/bin/sh"), one("console-shell", "sh", true));
    assert_eq!(told("ttyS0::respawn:/sbin/getty -L ttyS0 115200 vt100"), one("console-login", "getty", true));
    assert_eq!(
        told("T0:23:respawn:/sbin/getty -n -l /bin/sh -L ttyS0 9600"),
        one("console-shell", "getty", true)
    );
    assert_eq!(
        told("::respawn:/usr/sbin/telnetd -F -l /bin/sh"),
        one("debug-service-started", "telnetd", true)
    );
    assert_eq!(told("::once:/bin/busybox telnetd"), one("debug-service-started", "telnetd", true));
    for text in [
        "#ttyS0::askfirst:-/bin/sh",
        "tty1::respawn:/sbin/getty 38400 tty1",
        "::sysinit:/bin/sh /etc/init.d/rcS",
        "::shutdown:/bin/umount -a",
        "s:off:off:/usr/sbin/telnetd",
        "1:S:wait:/sbin/sulogin",
        ":::",
        "x",
    ] {
        assert_eq!(told(text), [], "{text}");
    }
}

#[test]
fn scripts_of_a_start_start_services() {
    let told = |path: &str, text: &str| started(&[(path, text)], &[]);
    let telnet = one("debug-service-started", "telnetd", true);
    assert_eq!(told("/etc/init.d/rcS", "telnetd -l /bin/sh &"), telnet);
    assert_eq!(told("/etc/rc.local", "/bin/busybox telnetd -p 2323"), telnet);
    assert_eq!(
        told(
            "/etc/init.d/S50telnet",
            "DAEMON=telnetd\nstart() {\n start-stop-daemon -S -q -x /usr/sbin/$DAEMON -- -F\n}\n"
        ),
        telnet
    );
    assert_eq!(
        told("/etc/init.d/S99adb", "case $1 in\nstart) /usr/bin/adbd & ;;\nesac"),
        one("debug-service-started", "adbd", true)
    );
    assert_eq!(told("/etc/init.d/S50dropbear", "dropbear -R"), one("remote-login-started", "dropbear", true));
    assert_eq!(
        told("/etc/init.d/rcS", "if [ -f /etc/debug ]; then\n telnetd\nfi"),
        one("debug-service-started", "telnetd", false)
    );
    assert_eq!(
        told("/etc/init.d/rcS", "[ -f /etc/debug ] && telnetd"),
        one("debug-service-started", "telnetd", false)
    );
    assert_eq!(told("/etc/init.d/telnet", "telnetd"), one("debug-service-started", "telnetd", false));
    for text in [
        "# telnetd",
        "killall telnetd",
        "echo telnetd",
        "start-stop-daemon -K -x telnetd",
        "rm /usr/sbin/telnetd",
        "mount /dev/sda1 /mnt",
        "[ -x /usr/sbin/telnetd ] || exit 0",
        "/bin/sh /etc/rc.d/other",
    ] {
        assert_eq!(told("/etc/init.d/rcS", text), [], "{text}");
    }
}

#[test]
fn a_script_that_the_start_links_to_is_started() {
    let script = [(
        "/etc/init.d/telnet",
        "#!/bin/sh /etc/rc.common\nstart_service() {\nprocd_set_param command /usr/sbin/telnetd -F\n}\n",
    )];
    assert_eq!(started(&script, &[]), one("debug-service-started", "telnetd", false));
    assert_eq!(
        started(&script, &[("/etc/rc.d/S50telnet", "../init.d/telnet")]),
        one("debug-service-started", "telnetd", true)
    );
    assert_eq!(
        started(&script, &[("/etc/rc.d/K50telnet", "../init.d/telnet")]),
        one("debug-service-started", "telnetd", false)
    );
}

#[test]
fn units_count_where_they_are_wanted() {
    let unit = [("/usr/lib/systemd/system/adbd.service", "[Service]\nExecStart=-/usr/bin/adbd --root\n")];
    assert_eq!(started(&unit, &[]), one("debug-program", "adbd", false));
    let wanted =
        ("/etc/systemd/system/multi-user.target.wants/adbd.service", "/usr/lib/systemd/system/adbd.service");
    assert_eq!(started(&unit, &[wanted]), one("debug-service-started", "adbd", true));
    let getty = ("/etc/systemd/system/getty.target.wants/serial-getty@ttyS0.service", "x");
    assert_eq!(started(&[], &[getty]), one("console-login", "ttyS0", true));
    assert_eq!(started(&[], &[("/etc/systemd/system/getty.target.wants/getty@tty1.service", "x")]), []);
}

#[test]
fn a_list_of_inetd_offers_and_a_program_lies_there() {
    let line = "telnet stream tcp nowait root /usr/sbin/telnetd telnetd -i";
    assert_eq!(started(&[("/etc/inetd.conf", line)], &[]), one("debug-service-started", "telnetd", false));
    assert_eq!(started(&[("/etc/inetd.conf", &format!("#{line}"))], &[]), []);
    let mut starting = Starting::default();
    starting.program("/usr/bin/gdbserver");
    starting.program("/usr/bin/app");
    let kinds: Vec<_> = starting.end().into_iter().map(|one| (one.kind, one.path)).collect();
    assert_eq!(kinds, [("debug-program", "/usr/bin/gdbserver".to_owned())]);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read(text in "[ -~\\n]{0,300}") {
        for path in ["/etc/inittab", "/etc/inetd.conf", "/etc/xinetd.d/x", "/lib/systemd/system/x.service", "/etc/rc.local"] {
            let _ = started(&[(path, &text)], &[]);
        }
    }
}
