//! What identity asserts of somebody, as programs that are none of ours show it.

use crate::{Apart, Server, Someone};
use idesluss_proto::pb::identity::session_command_service_client::SessionCommandServiceClient;
use idesluss_proto::pb::identity::session_query_service_client::SessionQueryServiceClient;
use idesluss_proto::pb::identity::{BeginSessionRequest, GetSessionRequest};
use idesluss_proto::write_actor;
use std::collections::HashMap;
use tonic::Status;
use tonic::metadata::BinaryMetadataValue;
use tonic::transport::Channel;

/// Somebody who is signed in, with an assertion for each service. It holds for five minutes, over connections such as the one by which identity was
/// asked.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The session's secret.
    pub secret: Vec<u8>,
    assertions: HashMap<String, BinaryMetadataValue>,
}

impl Shown {
    /// Signs somebody in, over a channel to identity. Errors: ROLE_NOT_HELD.
    pub async fn of(someone: &Someone, identity: Channel) -> Result<Self, Status> {
        Self::for_command(someone, identity, "").await
    }

    /// The same for one command alone, by its id.
    pub async fn for_command(someone: &Someone, identity: Channel, command: &str) -> Result<Self, Status> {
        let request = BeginSessionRequest {
            actor: Some(write_actor(&someone.actor())),
            replaces: Vec::new(),
        };
        let mut commands = SessionCommandServiceClient::new(identity.clone());
        let secret = commands.begin_session(request).await?.into_inner().secret;
        let request = GetSessionRequest {
            secret: secret.clone(),
            bound_to: command.to_owned(),
        };
        let told = SessionQueryServiceClient::new(identity).get_session(request).await?;
        let told = told.into_inner().assertions.into_iter();
        let assertions = told.map(|(service, bytes)| (service, BinaryMetadataValue::from_bytes(&bytes)));
        Ok(Self {
            secret,
            assertions: assertions.collect(),
        })
    }

    /// What is shown to a service, by its name.
    pub fn to(&self, service: &str) -> &BinaryMetadataValue {
        &self.assertions[service]
    }
}

impl Server {
    /// Signs somebody in, for a program at the machine. Errors: ROLE_NOT_HELD.
    pub async fn shown(&self, someone: &Someone) -> Result<Shown, Status> {
        Shown::of(someone, self.channel("identity")).await
    }
}

impl Apart {
    /// Signs somebody in, for whoever calls with a certificate of the gateway. Errors: ROLE_NOT_HELD.
    pub async fn shown(&self, someone: &Someone) -> Result<Shown, Status> {
        Shown::of(someone, self.channel("identity")).await
    }
}
