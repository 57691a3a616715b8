//! Running the parts of an instance: accepting connections, bounded, until told to stop.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Connections that one service has open at once.
const SLOTS: usize = 128;
/// Longest life of a connection; most services end an idle one long before.
const LIFE: Duration = Duration::from_secs(600);

/// A group of tasks that ends together.
#[derive(Debug)]
pub(crate) struct Tasks {
    handle: Handle,
    stop: CancellationToken,
    alive: mpsc::Sender<()>,
    ended: mpsc::Receiver<()>,
}

impl Tasks {
    pub(crate) fn new(handle: Handle) -> Self {
        let (alive, ended) = mpsc::channel();
        Self { handle, stop: CancellationToken::new(), alive, ended }
    }

    /// A group that ends by itself too, and at the latest with this one.
    pub(crate) fn group_within(&self) -> Self {
        Self { stop: self.stop.child_token(), ..Self::new(self.handle.clone()) }
    }

    /// Whether the group was ended.
    pub(crate) fn is_over(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Ends the group when called; for a task that ends the others.
    pub(crate) fn stopper(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs a task until it is done or the group ends.
    pub(crate) fn run(&self, task: impl Future<Output = ()> + Send + 'static) {
        let (stop, alive) = (self.stop.clone(), self.alive.clone());
        self.handle.spawn(async move {
            let _alive = alive;
            stop.run_until_cancelled(task).await;
        });
    }

    /// Serves connections, each by a task of its own.
    ///
    /// # Errors
    /// If the runtime cannot watch the socket.
    pub(crate) fn serve<F, T>(&self, listener: std::net::TcpListener, serve: F) -> io::Result<()>
    where
        F: Fn(TcpStream) -> T + Send + Sync + 'static,
        T: Future<Output = ()> + Send + 'static,
    {
        let _inside = self.handle.enter();
        let listener = TcpListener::from_std(listener)?;
        let (stop, alive) = (self.stop.clone(), self.alive.clone());
        self.run(async move {
            let slots = Arc::new(Semaphore::new(SLOTS));
            loop {
                let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
                let stream = match listener.accept().await {
                    Ok((stream, _)) => stream,
                    Err(_) => {
                        // Out of file descriptors, as a rule: wait for some to come back.
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                };
                // Small answers in two writes would else wait for an acknowledgement, 40 ms each.
                let _slower = stream.set_nodelay(true);
                let connection = tokio::time::timeout(LIFE, serve(stream));
                let (stop, alive) = (stop.clone(), alive.clone());
                tokio::spawn(async move {
                    let (_slot, _alive) = (slot, alive);
                    stop.run_until_cancelled(connection).await;
                });
            }
        });
        Ok(())
    }

    /// Lets the runtime watch a listening socket.
    ///
    /// # Errors
    /// If it cannot.
    pub(crate) fn watch(&self, listener: std::net::TcpListener) -> io::Result<TcpListener> {
        let _inside = self.handle.enter();
        TcpListener::from_std(listener)
    }

    /// Lets the runtime watch a datagram socket.
    ///
    /// # Errors
    /// If it cannot.
    pub(crate) fn datagrams(&self, socket: std::net::UdpSocket) -> io::Result<tokio::net::UdpSocket> {
        let _inside = self.handle.enter();
        tokio::net::UdpSocket::from_std(socket)
    }

    /// Ends every task and waits until their sockets are closed, at most two seconds.
    pub(crate) fn end(self) {
        self.stop.cancel();
        drop(self.alive);
        // Nobody sends; the channel closes with the last task.
        let _closed = self.ended.recv_timeout(Duration::from_secs(2));
    }
}
