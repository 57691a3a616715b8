//! The maker's side of the world, at an address of its own: web pages, cloud, update server.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;

use crate::behaviour::Behaviour;
use crate::certificate::Maker;
use crate::device::listen;
use crate::error::LabError;
use crate::secrets::Secrets;
use crate::spec::Ports;
use crate::tasks::Tasks;
use crate::update::Publisher;
use crate::{http, maker_pages, model, mqtt};

/// Opens the servers of the maker.
pub(crate) fn open(
    tasks: &Tasks,
    address: Ipv4Addr,
    ports: &Ports,
    behaviour: &Behaviour,
    secrets: &Secrets,
    maker: &Maker,
    publisher: Publisher,
) -> Result<(), LabError> {
    let pages = Arc::new(behaviour.clone());
    listen(tasks, address, ports.maker, move |stream| {
        let pages = Arc::clone(&pages);
        async move {
            http::serve(stream, |request| {
                let page = maker_pages::answer(&pages, request.uri().path());
                async { page }
            })
            .await;
        }
    })?;

    let (acceptor, secrets) =
        (TlsAcceptor::from(maker.server(model::CLOUD_HOST)?), Arc::new(secrets.clone()));
    listen(tasks, address, ports.cloud, move |stream| {
        let (acceptor, secrets) = (acceptor.clone(), Arc::clone(&secrets));
        async move {
            if let Ok(mut stream) = acceptor.accept(stream).await {
                mqtt::cloud(&mut stream, &secrets.serial, &secrets.cloud_password).await;
            }
        }
    })?;

    let (acceptor, publisher) = (TlsAcceptor::from(maker.server(model::UPDATE_HOST)?), Arc::new(publisher));
    listen(tasks, address, ports.update, move |stream| {
        let (acceptor, publisher) = (acceptor.clone(), Arc::clone(&publisher));
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                http::serve(stream, move |request| {
                    let page = publisher.answer(&request);
                    async { page }
                })
                .await;
            }
        }
    })
}
