//! `idesluss user code`, `invite` and `reset`: links that whoever sits at the machine hands over, each good once. Of what stands in one, identity keeps the
//! hash alone.

use crate::administer::{AdministerError, Machine, OneUser, new_command};
use idesluss_proto::pb::identity as pb;
use idesluss_terminal::print_line;
use sha2::{Digest as _, Sha256};

/// What stands in a link, and its hash, which identity keeps.
struct Secret([u8; 32]);

impl Secret {
    fn new() -> Result<Self, AdministerError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(AdministerError::Random)?;
        Ok(Self(secret))
    }

    fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.0))
    }

    fn write(&self) -> String {
        hex::encode(self.0)
    }
}

pub(crate) async fn code(one: OneUser) -> Result<(), AdministerError> {
    let code = Secret::new()?;
    let machine = Machine::open(&one.folder).await?;
    let request = pb::MakeSignInCodeRequest {
        command: new_command(),
        person: one.person.to_string(),
        hash: code.hash(),
    };
    let done = machine.commands().make_sign_in_code(request).await;
    machine.close(done).await?;
    print_line!(
        "Open /in/kod/{} below the web's address: it is good once, and for a quarter of an hour",
        code.write()
    );
    Ok(())
}

pub(crate) async fn invite(one: OneUser) -> Result<(), AdministerError> {
    let link = Secret::new()?;
    let machine = Machine::open(&one.folder).await?;
    let request = pb::InvitePersonRequest {
        command: new_command(),
        person: one.person.to_string(),
        hash: link.hash(),
    };
    let done = machine.commands().invite_person(request).await;
    machine.close(done).await?;
    print_line!(
        "Let them open /in/inbjudan/{} below the web's address: it is good once, and for seven days",
        link.write()
    );
    Ok(())
}

pub(crate) async fn reset(one: OneUser) -> Result<(), AdministerError> {
    let link = Secret::new()?;
    let machine = Machine::open(&one.folder).await?;
    let request = pb::ResetSignInRequest {
        command: new_command(),
        person: one.person.to_string(),
        hash: link.hash(),
    };
    let done = machine.commands().reset_sign_in(request).await;
    machine.close(done).await?;
    print_line!(
        "Nothing that they signed in with here holds any more. Let them open /in/inbjudan/{} below the web's address: it is good once, and for an hour",
        link.write()
    );
    Ok(())
}
