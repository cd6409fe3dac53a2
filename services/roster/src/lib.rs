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

    #[test]
    fn the_services_are_those_that_the_domain_names_and_follow_one_another() {
        assert_eq!(SERVICES.map(|service| service.name), idesluss_domain::SERVICES);
        for service in SERVICES {
            for (followed, _) in service.follows {
                let known = named(followed).expect(followed);
                assert_ne!(known.name, service.name, "nobody follows itself");
            }
        }
    }
}
