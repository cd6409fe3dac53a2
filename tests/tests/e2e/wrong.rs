//! Wrong input over gRPC: the right status, a sentence on what to do, nothing changed.

use idesluss_domain::SERVICES;
use idesluss_domain::words;
use idesluss_proto::DESCRIPTORS;
use idesluss_proto::pb::command::Role;
use idesluss_proto::status::Refusal;
use idesluss_tests::{Instance, Someone, Way, call};
use prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MethodDescriptor, ReflectMessage as _, Value,
};
use tonic::{Code, Request, Status};
use uuid::Uuid;

/// What a request is filled with.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Filling {
    /// Nothing at all.
    Empty,
    /// A command's id, and nothing else.
    OnlyId,
    /// Something unreadable in every text, a number that no choice has.
    Nonsense,
    /// Far too much in every text.
    Huge,
    /// Ids of what does not exist.
    UnknownIds,
}

const FILLINGS: [Filling; 5] = [
    Filling::Empty,
    Filling::OnlyId,
    Filling::Nonsense,
    Filling::Huge,
    Filling::UnknownIds,
];

fn value(field: &FieldDescriptor, filling: Filling) -> Option<Value> {
    let single = match field.kind() {
        Kind::Message(message) if message.full_name() == "idesluss.command.v1.Token" => None,
        Kind::Message(message) => {
            let mut inner = DynamicMessage::new(message);
            fill(&mut inner, filling);
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
        Kind::Bytes => match filling {
            Filling::Huge => Some(Value::Bytes(vec![0xff; 40_000].into())),
            // As long as a session's secret.
            Filling::UnknownIds => Some(Value::Bytes([Uuid::new_v4().into_bytes(); 2].concat().into())),
            _ => None,
        },
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

fn fill(message: &mut DynamicMessage, filling: Filling) {
    if filling == Filling::Empty {
        return;
    }
    for field in message.descriptor().fields() {
        let in_command = message.descriptor().full_name().starts_with("idesluss.command.v1.");
        let wanted = filling != Filling::OnlyId
            || in_command
            || matches!(field.kind(), Kind::Message(inner) if inner.full_name().starts_with("idesluss.command.v1."));
        if !wanted {
            continue;
        }
        if let Some(value) = value(&field, filling) {
            message.set_field(&field, value);
        }
    }
}

/// The rpcs of the contract whose service's name ends so, with the way to their service.
fn rpcs(pool: &DescriptorPool, instance: &Instance, ending: &str) -> Vec<(MethodDescriptor, Way)> {
    // What every service answers is asked of one.
    let of = |package: &str| {
        let service = SERVICES
            .into_iter()
            .find(|service| package.split('.').nth(1) == Some(service));
        instance.server.way(service.unwrap_or("sharing"))
    };
    let services = pool.services().filter(|service| service.name().ends_with(ending));
    services
        .flat_map(|service| {
            let way = of(service.package_name());
            let methods: Vec<_> = service.methods().collect();
            methods.into_iter().map(move |method| (method, way.clone()))
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

/// An rpc as it is called.
fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// In whose names an rpc is tried: somebody's in each role; nobody's where no person asks.
fn askers(method: &MethodDescriptor) -> Vec<Option<Someone>> {
    let rule = idesluss_access::rule(&path(method)).expect("every rpc has its line");
    if !rule.is_asked_by_people() {
        return vec![None];
    }
    let roles = words::Role::of_people().map(Role::from);
    roles.map(|role| Some(Someone::who("uddevalla", role))).collect()
}

async fn send(
    way: &Way,
    method: &MethodDescriptor,
    filling: Filling,
    who: Option<&Someone>,
) -> Result<Vec<u8>, Status> {
    let mut message = DynamicMessage::new(method.input());
    fill(&mut message, filling);
    let body = message.encode_to_vec();
    let request = match who {
        Some(who) => who.says(body),
        None => Request::new(body),
    };
    call(way, &path(method), request).await
}

/// Whether all that an rpc takes is this field.
fn takes_only(method: &MethodDescriptor, name: &str) -> bool {
    let input = method.input();
    let mut fields = input.fields();
    fields.len() == 1 && fields.all(|field| field.name() == name)
}

/// Checks that somebody is told what is wrong.
#[track_caller]
fn is_told(method: &MethodDescriptor, what: &str, refused: &Status) {
    assert!(is_about_the_input(refused.code()), "{what}: {refused:?}");
    assert!(
        refused.message().len() > 10,
        "{what} is refused without a sentence: {refused:?}"
    );
    // Of a secret that is none it is not told why.
    if takes_only(method, "secret") {
        assert_eq!(Refusal::from(refused).reason, "SESSION_ENDED", "{what}: {refused:?}");
    }
}

fn is_about_the_input(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArgument
            | Code::PermissionDenied
            | Code::NotFound
            | Code::FailedPrecondition
            | Code::Unauthenticated
            // More than any message may be.
            | Code::OutOfRange
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_refuses_what_is_empty_huge_nonsense_or_unknown_and_writes_nothing() {
    let instance = Instance::start();
    let pool = DescriptorPool::decode(DESCRIPTORS).expect("the contract");
    let commands = rpcs(&pool, &instance, "CommandService");
    assert!(commands.len() > 50, "{}", commands.len());
    let before = sizes(&instance).await;
    for (method, way) in &commands {
        // Somebody whom nobody knows is what the one asks for; whatever is readable are terms.
        let adds = matches!(method.name(), "RegisterPerson" | "AdoptTerms");
        // A session that has ended is ended, and what looks as usual goes on so: nothing is written, as is seen in the end.
        let changes_nothing = matches!(method.name(), "EndSession" | "ChangeLook");
        // With an id there is nothing wrong with it.
        let takes_an_id = takes_only(method, "command");
        for filling in FILLINGS {
            if (adds && filling == Filling::UnknownIds) || (takes_an_id && filling != Filling::Empty) {
                continue;
            }
            for who in askers(method) {
                let what = format!("{} {filling:?} as {who:?}", method.full_name());
                match send(way, method, filling, who.as_ref()).await {
                    Ok(_) => assert!(changes_nothing, "{what} was taken in"),
                    Err(refused) => is_told(method, &what, &refused),
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
    for (method, way) in &rpcs(&pool, &instance, "QueryService") {
        for filling in FILLINGS {
            for who in askers(method) {
                let what = format!("{} {filling:?} as {who:?}", method.full_name());
                match send(way, method, filling, who.as_ref()).await {
                    // A question may be answered with nothing in it: who asks does not stand there.
                    Ok(_) => assert!(!takes_only(method, "secret"), "{what} was answered"),
                    Err(refused) => is_told(method, &what, &refused),
                }
            }
        }
    }
}
