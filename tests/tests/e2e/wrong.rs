//! Wrong input over gRPC: the right status, a sentence on what to do, nothing changed.

use idesluss_domain::SERVICES;
use idesluss_domain::words;
use idesluss_proto::DESCRIPTORS;
use idesluss_proto::pb::command::Role;
use idesluss_tests::{Instance, Someone, call};
use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MethodDescriptor, ReflectMessage as _, Value,
};
use tonic::Code;
use tonic::transport::Channel;
use uuid::Uuid;

/// What a request is filled with.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Filling {
    /// Nothing at all.
    Empty,
    /// Who asks, and nothing else.
    OnlyActor,
    /// Something unreadable in every text, a number that no choice has.
    Nonsense,
    /// Far too much in every text.
    Huge,
    /// Ids of what does not exist.
    UnknownIds,
}

const FILLINGS: [Filling; 5] = [
    Filling::Empty,
    Filling::OnlyActor,
    Filling::Nonsense,
    Filling::Huge,
    Filling::UnknownIds,
];

fn value(field: &FieldDescriptor, filling: Filling, actor: &Value) -> Option<Value> {
    let single = match field.kind() {
        Kind::Message(message) if message.full_name() == "idesluss.command.v1.Actor" => Some(actor.clone()),
        Kind::Message(message) if message.full_name() == "idesluss.command.v1.Token" => None,
        Kind::Message(message) => {
            let mut inner = DynamicMessage::new(message);
            fill(&mut inner, filling, actor);
            Some(Value::Message(inner))
        }
        Kind::String if field.name() == "command_id" => Some(Value::String(Uuid::new_v4().to_string())),
        Kind::String => match filling {
            Filling::Nonsense => Some(Value::String("\u{0}\u{202e}<script>".into())),
            Filling::Huge => Some(Value::String("ö".repeat(40_000))),
            Filling::UnknownIds => Some(Value::String(Uuid::new_v4().to_string())),
            _ => None,
        },
        Kind::Enum(_) => (filling == Filling::Nonsense).then_some(Value::EnumNumber(9_999)),
        Kind::Uint32 if filling == Filling::Huge => Some(Value::U32(u32::MAX)),
        Kind::Uint64 if filling == Filling::Huge => Some(Value::U64(u64::MAX)),
        Kind::Bytes if filling == Filling::Huge => Some(Value::Bytes(vec![0xff; 40_000].into())),
        _ => None,
    }?;
    if field.is_list() {
        Some(Value::List(vec![single]))
    } else if field.is_map() {
        None
    } else {
        Some(single)
    }
}

fn fill(message: &mut DynamicMessage, filling: Filling, actor: &Value) {
    if filling == Filling::Empty {
        return;
    }
    for field in message.descriptor().fields() {
        let in_command = message.descriptor().full_name().starts_with("idesluss.command.v1.");
        let wanted = filling != Filling::OnlyActor
            || in_command
            || matches!(field.kind(), Kind::Message(inner) if inner.full_name().starts_with("idesluss.command.v1."));
        if !wanted {
            continue;
        }
        if let Some(value) = value(&field, filling, actor) {
            message.set_field(&field, value);
        }
    }
}

/// The rpcs of the contract whose service's name ends so, with the way to their service.
fn rpcs(pool: &DescriptorPool, instance: &Instance, ending: &str) -> Vec<(MethodDescriptor, Channel)> {
    // What every service answers is asked of one.
    let of = |package: &str| {
        let service = SERVICES
            .into_iter()
            .find(|service| package.split('.').nth(1) == Some(service));
        instance.server.channel(service.unwrap_or("sharing"))
    };
    let services = pool.services().filter(|service| service.name().ends_with(ending));
    services
        .flat_map(|service| {
            let channel = of(service.package_name());
            let methods: Vec<_> = service.methods().collect();
            methods.into_iter().map(move |method| (method, channel.clone()))
        })
        .filter(|(method, _)| !method.is_client_streaming() && !method.is_server_streaming())
        .collect()
}

async fn sizes(instance: &Instance) -> Vec<u64> {
    let mut sizes = Vec::new();
    for service in idesluss_domain::SERVICES {
        sizes.push(instance.server.head(service).await.size);
    }
    sizes
}

async fn send(
    channel: &Channel,
    method: &MethodDescriptor,
    filling: Filling,
    who: &Someone,
) -> Result<Vec<u8>, tonic::Status> {
    let pool = method.parent_pool();
    let kind = pool
        .get_message_by_name("idesluss.command.v1.Actor")
        .expect("an actor has a form");
    let query = who.asks().expect("a query");
    let actor = query.actor.expect("an actor").encode_to_vec();
    let actor = Value::Message(DynamicMessage::decode(kind, &actor[..]).expect("an actor"));
    let mut message = DynamicMessage::new(method.input());
    fill(&mut message, filling, &actor);
    let rpc = format!("/{}/{}", method.parent_service().full_name(), method.name());
    call(channel, &rpc, message.encode_to_vec()).await
}

fn is_about_the_input(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArgument
            | Code::PermissionDenied
            | Code::NotFound
            | Code::FailedPrecondition
            | Code::Unauthenticated
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_refuses_what_is_empty_huge_nonsense_or_unknown_and_writes_nothing() {
    let instance = Instance::start();
    let pool = DescriptorPool::decode(DESCRIPTORS).expect("the contract");
    let commands = rpcs(&pool, &instance, "CommandService");
    assert!(commands.len() > 50, "{}", commands.len());
    let before = sizes(&instance).await;
    for (method, channel) in &commands {
        // Somebody whom nobody knows is what it asks for.
        let adds = method.full_name() == "idesluss.identity.v1.IdentityCommandService.RegisterPerson";
        for filling in FILLINGS {
            if adds && filling == Filling::UnknownIds {
                continue;
            }
            for role in words::Role::of_people().map(Role::from) {
                let who = Someone::who("uddevalla", role);
                let what = format!("{} {filling:?} as {role:?}", method.full_name());
                let refused = match send(channel, method, filling, &who).await {
                    Ok(_) => panic!("{what} was taken in"),
                    Err(refused) => refused,
                };
                assert!(is_about_the_input(refused.code()), "{what}: {refused:?}");
                assert!(
                    refused.message().len() > 10,
                    "{what} is refused without a sentence: {refused:?}"
                );
                if filling == Filling::Empty {
                    break;
                }
            }
        }
    }
    assert_eq!(sizes(&instance).await, before, "something was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_query_answers_or_says_what_is_wrong() {
    let instance = Instance::start();
    let pool = DescriptorPool::decode(DESCRIPTORS).expect("the contract");
    for (method, channel) in &rpcs(&pool, &instance, "QueryService") {
        for filling in FILLINGS {
            for role in words::Role::of_people().map(Role::from) {
                let who = Someone::who("uddevalla", role);
                let what = format!("{} {filling:?} as {role:?}", method.full_name());
                match send(channel, method, filling, &who).await {
                    Ok(_) => assert_ne!(filling, Filling::Empty, "{what}: nobody asked"),
                    Err(refused) => {
                        assert!(is_about_the_input(refused.code()), "{what}: {refused:?}");
                        assert!(refused.message().len() > 10, "{what}: {refused:?}");
                    }
                }
            }
        }
    }
}
