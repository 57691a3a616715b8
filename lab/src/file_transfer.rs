//! File transfer (RFC 959) that a fault opens: it lets `admin` with the password `admin` in.

use std::sync::Arc;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::console::line;
use crate::device::Device;
use crate::model;

/// Serves one visitor; no file is ever handed over.
pub(crate) async fn ftp(_device: Arc<Device>, mut stream: TcpStream) {
    let mut say = format!("220 {} files", model::MODEL);
    let mut name = String::new();
    let mut inside = false;
    while stream.write_all(format!("{say}\r\n").as_bytes()).await.is_ok() {
        let Some(command) = line(&mut stream).await else { return };
        let (word, value) = command.split_once(' ').unwrap_or((&command, ""));
        let answer = match word.to_ascii_uppercase().as_str() {
            "USER" => {
                value.clone_into(&mut name);
                inside = false;
                "331 Password, please"
            }
            "PASS" => {
                inside = name == "admin" && value == "admin";
                if inside { "230 Welcome" } else { "530 Login incorrect" }
            }
            "QUIT" => return,
            "PWD" if inside => "257 \"/\"",
            "PWD" | "CWD" | "LIST" | "RETR" | "STOR" | "PASV" | "PORT" | "TYPE" if !inside => {
                "530 Log in first"
            }
            _ => "502 Not known here",
        };
        answer.clone_into(&mut say);
    }
}
