//! Every service of an instance, once: the laptop's program and the region's run what stands here.

use idesluss_engine::Service;

/// The services, in the order in which they are started and told of.
pub const SERVICES: [Service; 4] = [
    idesluss_submission::SERVICE,
    idesluss_evaluation::SERVICE,
    idesluss_sharing::SERVICE,
    idesluss_identity::SERVICE,
];

/// The service of a name; None: there is none.
pub fn named(name: &str) -> Option<Service> {
    SERVICES.into_iter().find(|service| service.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use idesluss_domain::words::Audience;

    #[test]
    fn the_services_are_those_that_the_domain_names_and_follow_one_another() {
        assert_eq!(SERVICES.map(|service| service.name), idesluss_domain::SERVICES);
        for service in SERVICES {
            for (followed, audience) in service.follows {
                let known = named(followed).expect(followed);
                assert_ne!(known.name, service.name, "nobody follows itself");
                let writes = Audience::written_by(followed);
                assert!(writes.contains(audience), "{followed} writes nothing for {audience:?}");
            }
        }
    }

    #[test]
    fn what_is_published_somebody_takes_in() {
        for service in SERVICES {
            let published = Audience::written_by(service.name).into_iter();
            for audience in published.filter(|audience| audience.is_published()) {
                let is_followed = SERVICES
                    .iter()
                    .any(|other| other.follows.contains(&(service.name, audience)));
                // All follow grants. What identity and sharing write for the house is what their journals say of themselves, and solutions: nobody acts on
                // it yet.
                let known = matches!(
                    (service.name, audience),
                    ("identity", Audience::Grants | Audience::House) | ("sharing", Audience::House)
                );
                assert_ne!(is_followed, known, "{} for {audience:?}", service.name);
            }
        }
    }
}
