//! The maker's side of the world, at an address of its own: web pages, cloud, update server.

use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;

use crate::behaviour::Behaviour;
use crate::calling::{self, Wire};
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

    // Who lets a device call without TLS serves it so.
    let (plain_cloud, plain_update) =
        (behaviour.cloud_caller.comes_plain(), behaviour.update_caller.comes_plain());
    let (acceptor, secrets) =
        (TlsAcceptor::from(maker.server(model::CLOUD_HOST)?), Arc::new(secrets.clone()));
    listen(tasks, address, ports.cloud, move |stream| {
        let (acceptor, secrets) = (acceptor.clone(), Arc::clone(&secrets));
        async move {
            let mut stream: Box<dyn Wire> = match calling::asks_for_tls(&stream).await {
                false if plain_cloud => Box::new(stream),
                _ => match acceptor.accept(stream).await {
                    Ok(session) => Box::new(session),
                    Err(_) => return,
                },
            };
            mqtt::cloud(&mut stream, &secrets.serial, &secrets.cloud_password).await;
        }
    })?;

    let (acceptor, publisher) = (TlsAcceptor::from(maker.server(model::UPDATE_HOST)?), Arc::new(publisher));
    listen(tasks, address, ports.update, move |stream| {
        let (acceptor, publisher) = (acceptor.clone(), Arc::clone(&publisher));
        async move {
            let stream: Box<dyn Wire> = match calling::asks_for_tls(&stream).await {
                false if plain_update => Box::new(stream),
                _ => match acceptor.accept(stream).await {
                    Ok(session) => Box::new(session),
                    Err(_) => return,
                },
            };
            http::serve(stream, move |request| {
                let page = publisher.answer(&request);
                async { page }
            })
            .await;
        }
    })
}
