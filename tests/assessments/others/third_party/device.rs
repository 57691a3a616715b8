//! A device made of other people's software: dropbear and lighttpd from Debian, in a namespace of its own.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::bench::{Bench, End, inside, run_inside};
use crate::command::{json, run};

/// Address of the device.
pub(crate) const ADDRESS: &str = "10.71.0.2";
/// Address of the tester.
pub(crate) const TESTER: &str = "10.71.0.1";
/// A second remote shell, which no declaration names. The sweep comes to this port late.
pub(crate) const HIDDEN_PORT: u16 = 58_124;
/// Provisions that the statement claims; the test adds an entry for each of the others.
const CLAIMED: &[&str] = &["4-1", "5.1-1", "5.1-3", "5.1-5", "5.5-5", "5.6-1", "5.6-2"];
const PROGRAMS: &[&str] = &["dropbear", "dropbearkey", "lighttpd", "openssl", "nft"];
const PASSWORD: &str = "wq7Pz2kLr9Vb4TxN";

/// The device, running.
pub(crate) struct Device {
    pub(crate) bench: Bench,
    /// Namespace of the device.
    pub(crate) device: String,
    /// Namespace of the tester.
    pub(crate) tester: String,
    folder: TempDir,
}

impl Device {
    /// Brings the device up.
    ///
    /// # Errors
    /// Why this machine cannot.
    pub(crate) fn up() -> Result<Self, String> {
        let mut bench = Bench::new(PROGRAMS)?;
        let device = bench.namespace("d");
        let tester = bench.namespace("t");
        bench.link(
            &End {
                namespace: &tester,
                device: "eth0",
                mac: "02:00:5e:00:53:01",
                addresses: &[&format!("{TESTER}/24"), "fd71::1/64"],
            },
            &End {
                namespace: &device,
                device: "eth0",
                mac: "02:00:5e:00:53:02",
                addresses: &[&format!("{ADDRESS}/24"), "fd71::2/64"],
            },
        );
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut device = Self { bench, device, tester, folder };
        device.start();
        Ok(device)
    }

    /// A place for files of the trial.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Certificate of both TLS ports.
    pub(crate) fn certificate(&self) -> PathBuf {
        self.path("certificate.pem")
    }

    fn start(&mut self) {
        self.make_keys();
        let pages = self.path("pages");
        fs::create_dir_all(pages.join("settings")).expect("a folder");
        fs::write(
            pages.join("index.html"),
            "<title>BG-7</title><p>Boiler gateway BG-7. <a href=/settings/>Settings</a>",
        )
        .expect("a page");
        fs::write(pages.join("settings/index.html"), "<title>Settings</title><p>Flow temperature: 55")
            .expect("a page");
        fs::write(pages.join("identity"), r#"{"model":"BG-7","serial":"BG7-000417","firmware":"2.0.1"}"#)
            .expect("a page");
        fs::write(self.path("users"), format!("installer:{PASSWORD}\n")).expect("a file");
        let (modern, old) = (
            r#""MinProtocol" => "TLSv1.2""#,
            r#""MinProtocol" => "TLSv1", "CipherString" => "ALL:@SECLEVEL=0""#,
        );
        let tls = |port: u16, settings: &str| {
            format!(
                "$SERVER[\"socket\"] == \":{port}\" {{\n  ssl.engine = \"enable\"\n  ssl.pemfile = \"{}\"\n  \
                 ssl.privkey = \"{}\"\n  ssl.openssl.ssl-conf-cmd = ({settings})\n}}\n",
                self.certificate().display(),
                self.path("key.pem").display()
            )
        };
        let configuration = format!(
            "server.modules = (\"mod_auth\", \"mod_authn_file\", \"mod_openssl\")\n\
             server.document-root = \"{}\"\nserver.port = 80\nindex-file.names = (\"index.html\")\n\
             mimetype.assign = (\".html\" => \"text/html\", \"identity\" => \"application/json\")\n\
             server.errorlog = \"{}\"\nauth.backend = \"plain\"\nauth.backend.plain.userfile = \"{}\"\n\
             auth.require = (\"/settings/\" => (\"method\" => \"basic\", \"realm\" => \"BG-7\", \
             \"require\" => \"valid-user\"))\n{}{}",
            pages.display(),
            self.path("lighttpd.log").display(),
            self.path("users").display(),
            tls(443, modern),
            tls(8443, old),
        );
        let file = self.path("lighttpd.conf");
        fs::write(&file, configuration).expect("a configuration");
        let output = self.path("lighttpd.output");
        self.bench.start(&self.device, &["lighttpd", "-D", "-f", &text(&file)], &output);
        let (key, pid, output) =
            (self.path("host-key"), self.path("dropbear.pid"), self.path("dropbear.output"));
        self.bench.start(
            &self.device,
            &[
                "dropbear",
                "-F",
                "-E",
                "-r",
                &text(&key),
                "-P",
                &text(&pid),
                "-p",
                "22",
                "-p",
                &HIDDEN_PORT.to_string(),
            ],
            &output,
        );
        for port in [22, 80, 443, 8443, HIDDEN_PORT] {
            self.bench.wait_for(&self.tester, format!("{ADDRESS}:{port}").parse().expect("an address"));
        }
    }

    fn make_keys(&self) {
        let subject = format!("subjectAltName=DNS:gateway.kawabe.example,IP:{ADDRESS}");
        let (key, certificate, host_key) =
            (text(&self.path("key.pem")), text(&self.certificate()), text(&self.path("host-key")));
        for arguments in [
            &[
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "400",
                "-subj",
                "/O=Kawabe Boiler Works/CN=gateway.kawabe.example",
                "-addext",
                &subject,
                "-keyout",
                &key,
                "-out",
                &certificate,
            ][..],
            &["dropbearkey", "-t", "ed25519", "-f", &host_key],
        ] {
            let output = run_inside(&self.device, arguments);
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }

    /// Writes a declaration folder whose IXIT is made of these texts.
    pub(crate) fn declaration(&self, name: &str, ixit: &[&str]) -> PathBuf {
        let folder = self.path(name);
        fs::create_dir_all(&folder).expect("a folder");
        let mut ics = include_str!("ics.toml").to_owned();
        let catalogue = json(&run(&["list", "provisions", "--json"]));
        for provision in catalogue["provisions"].as_array().expect("provisions") {
            let id = provision["id"].as_str().expect("id");
            if !CLAIMED.contains(&id) {
                ics.push_str(&format!(
                    "\n[provision.\"{id}\"]\nsupport = \"N\"\ndetail = \"Not part of this trial.\"\n"
                ));
            }
        }
        fs::write(folder.join("ics.toml"), ics).expect("a statement");
        fs::write(folder.join("ixit.toml"), ixit.concat()).expect("information for testing");
        folder
    }

    /// Assesses the device from the tester's namespace; gives the run folder.
    pub(crate) fn assess(
        &self,
        declaration: &Path,
        run: &str,
        limits: &str,
        more: &[&str],
    ) -> (std::process::Output, PathBuf) {
        let bench = self.path(&format!("{run}.bench.toml"));
        let description = format!(
            "[[sample]]\nid = \"S1\"\nserial = \"BG7-000417\"\naddress = \"{ADDRESS}\"\nsource = \"{TESTER}\"\n\n\
             [credentials.\"AuthMech-Web\"]\nuser = \"installer\"\nsecret = {{ value = \"{PASSWORD}\" }}\n\n\
             [actions]\nfactory_reset = [\"true\"]\nonboard = [\"true\"]\n\n[consent]\nlock_out = true\n\n[limits]\n{limits}\n"
        );
        fs::write(&bench, description).expect("a bench file");
        let out = self.path(run);
        let (folder, bench, path) = (text(declaration), text(&bench), text(&out));
        let mut arguments =
            vec![crate::command::program(), "run", &folder, "--bench", &bench, "--no-input", "--out", &path];
        arguments.extend(more);
        let output =
            inside(&self.tester, &arguments).env_remove("HOME").output().expect("the program can be started");
        (output, out)
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}
