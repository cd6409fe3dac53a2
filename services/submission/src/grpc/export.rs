use super::access::load;
use super::{Answer, Submission};
use idesluss_domain::words::{Scope, StreamName};
use idesluss_engine::{Asker, ExecuteError};
use idesluss_proto::pb::submission as pb;
use idesluss_proto::requests::submission::ExportBrief;
use idesluss_proto::status::{Reason, refuse};

/// Exports an approved brief for evaluation. Only between services of one instance.
pub(super) async fn export(submission: Submission, asker: Asker, asked: ExportBrief) -> Answer<pb::ExportBriefRequest> {
    let (context, id) = (&submission.context, asked.idea);
    let (loaded, idea) = load(context, &asker, id).await?;
    let no_brief = || refuse(Reason::NoBrief);
    let brief = idea.brief.as_ref().ok_or_else(no_brief)?;
    let stream = StreamName::idea(id);
    let holder = context.engine.holder(&loaded, &stream, &brief.texts).await?;
    let holder = holder.ok_or_else(no_brief)?;
    // What an organisation has referred stays its own: whoever received it evaluates from the very same texts.
    let (organisation, owner) = (&holder.meta.organisation, holder.idea().ok_or_else(no_brief)?);
    let vault = context.engine.vault();
    let export = vault
        .export_keys(organisation, &Scope::Brief(owner), &holder.sealed_members())
        .await;
    let export = export.map_err(ExecuteError::from)?;
    let keys = export.keys.iter().map(|exported| pb::ExportedKey {
        id: exported.id.to_vec(),
        key: exported.key.to_vec(),
    });
    let texts = export.texts.into_iter().map(|text| pb::ExportedText {
        digest: text.digest.to_vec(),
        key: text.key.to_vec(),
        bound_to: text.bound_to,
        ciphertext: text.ciphertext.into(),
    });
    Ok(pb::ExportBriefResponse {
        version: brief.version,
        digests: brief
            .texts
            .iter()
            .map(|(field, digest)| (field.clone(), digest.to_string()))
            .collect(),
        keys: keys.collect(),
        texts: texts.collect(),
        authors: idea.all_excluded().iter().map(ToString::to_string).collect(),
    })
}
