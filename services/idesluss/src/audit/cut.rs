use idesluss_auditor::{Cut, Service};
use idesluss_domain::words::Timestamp;

/// Reads a position or a time as it is written on the command line.
pub(crate) fn read_cut(text: &str) -> Result<Cut, String> {
    let said = "write a position such as evaluation:42, or a time in UTC such as 2026-11-23T20:00:00Z".to_owned();
    if let Ok(position) = text.parse() {
        return Ok(Cut::Position(Service::Submission, position));
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(Cut::Time(time));
    }
    let (service, position) = text.split_once(':').ok_or_else(|| said.clone())?;
    let service = service.parse::<Service>().map_err(|error| error.to_string())?;
    Ok(Cut::Position(service, position.parse().map_err(|_| said)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_is_a_number_a_service_with_a_number_or_a_time_and_nothing_else() {
        assert_eq!(read_cut("17"), Ok(Cut::Position(Service::Submission, 17)));
        assert_eq!(read_cut("sharing:0"), Ok(Cut::Position(Service::Sharing, 0)));
        let time = "2026-11-23T20:00:00Z".parse().expect("a time");
        assert_eq!(read_cut("2026-11-23T20:00:00Z"), Ok(Cut::Time(time)));
        for wrong in ["", "yesterday", "evaluation:x", "evaluation:-1", "2026-11-23"] {
            let said = read_cut(wrong).expect_err(wrong);
            assert!(said.contains("evaluation:42"), "{said}");
        }
        assert!(
            read_cut("federation:3")
                .expect_err("no service")
                .contains("there is no service federation")
        );
    }
}
