//! A program that is none of ours: it shows who it is, gets an access token, and calls the contract with it at the web's one address.

use crate::Reader;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use idesluss_proto::pb::sharing::sharing_command_service_client::SharingCommandServiceClient;
use idesluss_proto::pb::sharing::sharing_query_service_client::SharingQueryServiceClient;
use idesluss_proto::pb::submission::submission_command_service_client::SubmissionCommandServiceClient;
use idesluss_proto::pb::submission::submission_query_service_client::SubmissionQueryServiceClient;
use rcgen::{KeyPair, PKCS_ED25519, PublicKeyData as _, SigningKey as _};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use uuid::Uuid;

/// The form's field that says what an assertion is.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A program that was registered.
#[derive(Debug, Clone)]
pub struct Program {
    web: SocketAddr,
    /// Its client id.
    pub id: String,
}

/// What the token endpoint has answered.
#[derive(Debug, Clone)]
pub struct TokenAnswer {
    /// The HTTP status.
    pub status: u16,
    /// What it says, as RFC 6749 names it; nothing where it is no JSON.
    pub said: Value,
    /// How whoever was refused is to show who they are; empty: it does not say.
    pub challenge: String,
    /// Whether caches are told to keep nothing.
    pub is_kept_by_nobody: bool,
}

impl TokenAnswer {
    /// The access token. Panics when there is none.
    pub fn token(&self) -> String {
        let token = self.said["access_token"].as_str().filter(|_| self.status == 200);
        token.unwrap_or_else(|| panic!("no token: {self:?}")).to_owned()
    }

    /// Why there is none, as RFC 6749, 5.2, names it; empty: there is one.
    pub fn error(&self) -> &str {
        self.said["error"].as_str().unwrap_or_default()
    }
}

/// What a page has chosen beforehand in a field with choices.
fn chosen(page: &str, field: &str) -> String {
    let choices = page.split(&format!("name=\"{field}\"")).nth(1);
    let before = choices.and_then(|choices| choices.split("\" selected").next());
    let value = before.and_then(|before| before.rsplit('"').next());
    value
        .unwrap_or_else(|| panic!("nothing is chosen as {field}: {page}"))
        .to_owned()
}

/// Seconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("after 1970").as_secs()
}

impl Program {
    /// Has an administrator register a program for their organisation in a role, by its number in the contract, and let it do this.
    pub fn register(administrator: &mut Reader, web: SocketAddr, name: &str, role: &str, scopes: &[&str]) -> Self {
        let list = administrator.get("/program").html;
        let contact = chosen(&list, "contact");
        let fields = [("name", name), ("contact", &contact), ("role", role)];
        let added = administrator.fill(&list, "/program/ny", &fields);
        assert_eq!(added.status, 200, "{}", added.html);
        let before = added.html.split(name).next().unwrap_or_default();
        let id = before
            .rsplit("href=\"/program/")
            .next()
            .and_then(|rest| rest.split('"').next());
        let id = id
            .unwrap_or_else(|| panic!("{name} is not listed: {}", added.html))
            .to_owned();
        let program = Self { web, id };
        program.may(administrator, scopes);
        program
    }

    /// One that is registered, by its id.
    pub fn known(web: SocketAddr, id: &str) -> Self {
        let id = id.to_owned();
        Self { web, id }
    }

    /// The path of its page.
    pub fn page(&self) -> String {
        format!("/program/{}", self.id)
    }

    /// Has an administrator do something on its page.
    pub fn act(&self, administrator: &mut Reader, act: &str, fields: &[(&str, &str)]) -> crate::Answer {
        let page = administrator.get(&self.page()).html;
        administrator.fill(&page, &format!("{}/{act}", self.page()), fields)
    }

    /// Has an administrator let it do this, and nothing else.
    pub fn may(&self, administrator: &mut Reader, scopes: &[&str]) {
        let fields: Vec<_> = scopes.iter().map(|scope| ("scopes", *scope)).collect();
        let changed = self.act(administrator, "ratta", &fields);
        assert_eq!(changed.status, 200, "{}", changed.html);
    }

    /// Has an administrator make a secret, which is shown this once.
    pub fn secret(&self, administrator: &mut Reader) -> String {
        let made = self.act(administrator, "hemlighet", &[]);
        assert_eq!(made.status, 200, "{}", made.html);
        let shown = made.html.split("<code id=\"secret\">").nth(1);
        let secret = shown.and_then(|rest| rest.split('<').next());
        secret.unwrap_or_else(|| panic!("no secret: {}", made.html)).to_owned()
    }

    /// The ids of what it can show itself with, the oldest first, as its page has them.
    pub fn credentials(&self, administrator: &mut Reader) -> Vec<String> {
        let page = administrator.get(&self.page()).html;
        let Some(form) = page.split("/aterkalla\"").nth(1) else {
            return Vec::new();
        };
        let form = form.split("</form>").next().unwrap_or_default();
        let values = form.split("<option value=\"").skip(1);
        let values = values.filter_map(|rest| rest.split('"').next());
        values.filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    /// Asks for a token with these fields, and a client id and secret in the header, if any.
    pub fn asks(&self, fields: &[(&str, &str)], header: Option<(&str, &str)>) -> TokenAnswer {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0);
        let agent: ureq::Agent = config.build().into();
        let mut request = agent.post(format!("http://{}/oauth/token", self.web));
        if let Some((client, secret)) = header {
            let shown = base64::engine::general_purpose::STANDARD.encode(format!("{client}:{secret}"));
            request = request.header("authorization", format!("Basic {shown}"));
        }
        let mut answer = request.send_form(fields.iter().copied()).expect("the web answers");
        let of = |name: &str| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
                .to_owned()
        };
        let (challenge, caches) = (of("www-authenticate"), of("cache-control"));
        TokenAnswer {
            status: answer.status().as_u16(),
            challenge,
            is_kept_by_nobody: caches == "no-store",
            said: answer.body_mut().read_json().unwrap_or_default(),
        }
    }

    /// Shows a secret in the header, as OAuth has it first.
    pub fn shows(&self, secret: &str) -> TokenAnswer {
        self.asks(&[("grant_type", "client_credentials")], Some((&self.id, secret)))
    }

    /// Shows a signed assertion.
    pub fn asserts(&self, assertion: &str) -> TokenAnswer {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", assertion),
        ];
        self.asks(&fields, None)
    }

    /// What the web tells programs of itself (RFC 8414).
    pub fn metadata(&self) -> Value {
        let told = Reader::new(self.web)
            .get("/.well-known/oauth-authorization-server")
            .html;
        serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"))
    }

    /// What a program says in an assertion that is good now, and once.
    pub fn claims(&self) -> Value {
        let audience = &self.metadata()["token_endpoint"];
        json!({
            "iss": self.id, "sub": self.id, "aud": audience,
            "exp": now() + 60, "iat": now(), "jti": Uuid::new_v4().to_string(),
        })
    }

    /// Calls the contract with an access token.
    pub fn calls(&self, token: &str) -> Calls {
        let endpoint = Endpoint::from_shared(format!("http://{}", self.web)).expect("an address");
        let bearer = format!("Bearer {token}").parse().expect("a header's value");
        Calls(InterceptedService::new(endpoint.connect_lazy(), Bearer(bearer)))
    }
}

/// Puts an access token beside each request.
#[derive(Debug, Clone)]
pub struct Bearer(MetadataValue<Ascii>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        request.metadata_mut().insert("authorization", self.0.clone());
        Ok(request)
    }
}

/// A program's way to all services, which is one.
#[derive(Debug, Clone)]
pub struct Calls(InterceptedService<Channel, Bearer>);

type Called = InterceptedService<Channel, Bearer>;

impl Calls {
    /// To submission's commands.
    pub fn submission(&self) -> SubmissionCommandServiceClient<Called> {
        SubmissionCommandServiceClient::new(self.0.clone())
    }

    /// To submission's queries.
    pub fn ideas(&self) -> SubmissionQueryServiceClient<Called> {
        SubmissionQueryServiceClient::new(self.0.clone())
    }

    /// To sharing's commands.
    pub fn sharing(&self) -> SharingCommandServiceClient<Called> {
        SharingCommandServiceClient::new(self.0.clone())
    }

    /// To sharing's queries.
    pub fn solutions(&self) -> SharingQueryServiceClient<Called> {
        SharingQueryServiceClient::new(self.0.clone())
    }
}

/// A program's own key, Ed25519.
#[derive(Debug)]
pub struct ClientKey(KeyPair);

impl ClientKey {
    /// A new one.
    pub fn new() -> Self {
        Self(KeyPair::generate_for(&PKCS_ED25519).expect("a key"))
    }

    /// Its public half (RFC 8037).
    pub fn jwk(&self) -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "x": BASE64.encode(self.0.der_bytes())})
    }

    /// Signs an assertion.
    pub fn signs(&self, claims: &Value) -> String {
        self.signs_as(&json!({"alg": "EdDSA", "typ": "JWT"}), claims)
    }

    /// Signs what says so in its header.
    pub fn signs_as(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64.encode(value.to_string());
        let message = format!("{}.{}", part(header), part(claims));
        let signature = self.0.sign(message.as_bytes()).expect("signed");
        format!("{message}.{}", BASE64.encode(signature))
    }
}

impl Default for ClientKey {
    fn default() -> Self {
        Self::new()
    }
}
