//! The sections that depend on the measurements and on single users: what the scripts are given, and what stands there without them.

use report::{
    Bin, ColdStartCurve, ColdStartPoint, Distribution, Explorer, ExplorerUser, Landing, Measurement,
    ModelKind, PairedDistribution, Protocol, Ranked, Rated, ReportData, Segment, render,
};
use resvg::usvg::roxmltree;
use serde_json::Value;

mod fixture;

use fixture::generated::Size;

const SMALL: Size = Size { n_users: 80, n_test: (12, 30), catalogue: true };

/// The JSON that a script is given.
fn embedded(html: &str, id: &str) -> Value {
    let opening = format!("<script type=\"application/json\" id=\"{id}\">");
    let start = html.find(&opening).unwrap_or_else(|| panic!("no {id}")) + opening.len();
    let end = start + html[start..].find("</script>").unwrap_or_else(|| panic!("{id} has no end"));
    serde_json::from_str(&html[start..end]).unwrap_or_else(|error| panic!("{id}: {error}"))
}

#[test]
fn the_reference_has_none_of_the_sections() {
    let report = render(&fixture::notebook()).unwrap();
    for absent in
        ["application/json", "id=\"table-view\"", "User explorer", "What was ranked", "id=\"users\""]
    {
        assert!(!report.html.contains(absent), "{absent}");
    }
    let html = render(&fixture::generated(SMALL)).unwrap().html;
    for present in ["id=\"table-view\"", "User explorer", "What was ranked", "id=\"users\""] {
        assert!(html.contains(present), "{present}");
    }
}

#[test]
fn every_section_has_its_plots() {
    let data = fixture::generated(SMALL);
    let report = render(&data).unwrap();
    for name in ["protocols", "segments", "cold-start", "per-user"] {
        let plot = report.plots.iter().find(|plot| plot.name == name).unwrap_or_else(|| panic!("no {name}"));
        let document = roxmltree::Document::parse(&plot.svg).unwrap();
        let texts: Vec<&str> = document
            .descendants()
            .filter(|node| node.has_tag_name("text"))
            .filter_map(|node| node.text())
            .collect();
        assert!(texts.iter().any(|text| text.contains("RankStack")), "{name}: {texts:?}");
    }
    // The best of its kind by the planted noise, and no yardstick.
    let segments = &report.plots.iter().find(|plot| plot.name == "segments").unwrap().svg;
    assert!(segments.contains("fewer than 10 ratings") && !segments.contains("Oracle"));
}

#[test]
fn a_verdict_under_another_protocol_says_so() {
    let mut data = fixture::generated(SMALL);
    data.comparisons[1].protocol = "full_catalogue".to_owned();
    let html = render(&data).unwrap().html;
    let [first, second] = [0, 1].map(|at| &data.comparisons[at].sentence);
    assert!(html.contains(&format!("<p class=\"lead\">{first}</p>")));
    assert!(html.contains(&format!("<p>Under full catalogue: {second}</p>")), "{second}");
}

#[test]
fn every_measurement_is_embedded_to_four_decimals() {
    let data = fixture::generated(SMALL);
    let embedded = embedded(&render(&data).unwrap().html, "measurements");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut n = 0;
    for view in embedded["views"].as_array().unwrap() {
        for row in view["rows"].as_array().unwrap() {
            let row = row.as_array().unwrap();
            let model = text(&embedded["models"][row[0].as_u64().unwrap() as usize][0]);
            for (metric, cell) in view["metrics"].as_array().unwrap().iter().zip(&row[1..]) {
                let metric = &embedded["metrics"][metric.as_u64().unwrap() as usize];
                let one = data
                    .measurements
                    .iter()
                    .find(|one| {
                        one.model == model
                            && one.protocol == text(&view["protocol"])
                            && one.segment == text(&view["segment"])
                            && one.metric == text(&metric["key"])
                            && one.k.map(u64::from) == metric["k"].as_u64()
                    })
                    .unwrap();
                let expected = [one.value, one.low.unwrap(), one.high.unwrap()];
                for (found, expected) in cell.as_array().unwrap().iter().zip(expected) {
                    assert!(
                        (found.as_f64().unwrap() / 1e4 - expected).abs() < 0.000_051,
                        "{found} {expected}"
                    );
                }
                n += 1;
            }
        }
    }
    assert_eq!(n, data.measurements.len());
}

#[test]
fn the_table_without_scripts_is_that_of_the_main_protocol() {
    let data = fixture::generated(SMALL);
    let html = render(&data).unwrap().html;
    let main = |model: &str| {
        data.measurements
            .iter()
            .find(|one| {
                (one.model.as_str(), one.protocol.as_str(), one.segment.as_str(), one.metric.as_str(), one.k)
                    == (model, "rated", Segment::ALL, "ndcg", Some(10))
            })
            .unwrap()
    };
    let best = main("RankStack");
    let range = format!("title=\"{:.4} to {:.4}\"", best.low.unwrap(), best.high.unwrap());
    assert!(html.contains(&range), "{range}");
    assert!(html.contains(&format!("<strong>{:.4}</strong>", best.value)));
    // The oracle's 1 is larger, and not marked.
    assert_eq!(main("Oracle").value, 1.0);
    let row = html.split("<tr class=\"yardstick\">").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(row.contains("1.0000") && !row.contains("best"), "{row}");
}

#[test]
fn the_explorer_tells_where_the_relevant_items_landed() {
    let data = fixture::generated(SMALL);
    let found = embedded(&render(&data).unwrap().html, "explorer-data");
    let (given, user) = (&data.explorer.users[0], &found["users"][0]);
    assert_eq!(user["id"], given.user_id);
    for (landing, model) in given.landings.iter().zip(user["models"].as_array().unwrap()) {
        // A relevant item among the first ten stands at the rank that is told of it.
        for (at, ranked) in landing.top.iter().enumerate().filter(|(_, ranked)| ranked.relevant) {
            let index = given.relevant.iter().position(|one| one.item == ranked.item).unwrap();
            assert_eq!(model[2][index], at as u64 + 1);
            assert_eq!(model[1][at][2], 1);
        }
    }
}

#[test]
fn a_million_rows_make_no_larger_a_page() {
    let size = |n_users| {
        render(&fixture::generated(Size { n_users, n_test: (50, 50), catalogue: false })).unwrap().html.len()
    };
    let (few, many) = (size(400), size(20_000));
    assert!(many < few + few / 10, "{few} bytes for 20,000 rows, {many} for a million");
    assert!(many < 1_000_000, "{many}");
}

#[test]
fn hostile_text_stays_text_in_the_scripts_data() {
    let evil = "</script><script>alert(1)</script><!--\"'&{{ 123457 * 9 }}<b>";
    let mut data = fixture::generated(SMALL);
    for one in &mut data.measurements {
        for text in [&mut one.model, &mut one.protocol, &mut one.segment, &mut one.metric] {
            text.push_str(evil);
        }
    }
    for protocol in &mut data.protocols {
        for text in [&mut protocol.name, &mut protocol.ranks, &mut protocol.fingerprint] {
            text.push_str(evil);
        }
    }
    for segment in &mut data.segments {
        for text in [&mut segment.name, &mut segment.group, &mut segment.label] {
            text.push_str(evil);
        }
    }
    let explorer = &mut data.explorer;
    for text in
        [&mut explorer.protocol, &mut explorer.sampling, &mut explorer.known_order, &mut explorer.metric]
    {
        text.push_str(evil);
    }
    explorer.models.iter_mut().chain(&mut explorer.titles).for_each(|text| text.push_str(evil));
    let html = render(&data).unwrap().html;
    assert!(
        !html.contains("alert(1)</script>") && !html.contains("<script>alert") && !html.contains("<b>\"")
    );
    assert_eq!(html.matches("<script").count(), 3);
    assert!(!html.contains("1111113"), "a template in the data was run");
    assert!(embedded(&html, "explorer-data")["titles"][0].as_str().unwrap().ends_with(evil));
}

#[test]
fn odd_values_give_neither_panic_nor_nan() {
    let values = [f64::NAN, f64::INFINITY, -0.0, -5.0, 1e300, f64::MAX, 1e-300];
    for (at, &one) in values.iter().enumerate() {
        for &other in &values[at..] {
            let report = render(&odd(one, other)).unwrap();
            for svg in report.plots.iter().map(|plot| &plot.svg) {
                roxmltree::Document::parse(svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
                assert!(!svg.contains("NaN") && !svg.contains("\"inf"), "{one} {other}: {svg}");
            }
            assert!(!report.html.contains("NaN%") && !report.html.contains(">inf"), "{one} {other}");
            if report.html.contains("id=\"measurements\"") {
                embedded(&report.html, "measurements");
            }
            embedded(&report.html, "explorer-data");
        }
    }
}

fn odd(one: f64, other: f64) -> ReportData {
    let measurement = |model: &str, protocol: &str, segment: &str| Measurement {
        model: model.to_owned(),
        kind: ModelKind::Base,
        protocol: protocol.to_owned(),
        segment: segment.to_owned(),
        metric: "ndcg".to_owned(),
        k: Some(10),
        value: one,
        low: Some(other),
        high: Some(one),
        n_users: u64::MAX,
    };
    let protocol = |name: &str| Protocol {
        name: name.to_owned(),
        ranks: String::new(),
        users_evaluated: 0,
        users_left_out: u64::MAX,
        candidate_recall: Some(one),
        fingerprint: String::new(),
    };
    let models = fixture::notebook().models;
    let model = models[0].model.clone();
    let bins = |count| vec![Bin { from: one, to: other, count }, Bin { from: 0.0, to: 0.0, count }];
    let distribution = |count| Distribution {
        model: model.clone(),
        protocol: "a".to_owned(),
        metric: "ndcg".to_owned(),
        k: None,
        bins: bins(count),
    };
    let point = |known| ColdStartPoint { known, value: one, low: Some(other), high: None };
    ReportData {
        k: 10,
        models,
        protocols: vec![protocol("a"), protocol("b")],
        segments: vec![Segment { name: "s".to_owned(), group: "g".to_owned(), label: String::new() }],
        measurements: vec![
            measurement(&model, "a", "all"),
            measurement(&model, "a", "s"),
            measurement("no row of its own", "b", "all"),
            measurement(&model, "b", "not described"),
        ],
        cold_start: vec![ColdStartCurve {
            protocol: "a".to_owned(),
            metric: "mine".to_owned(),
            k: Some(3),
            model: model.clone(),
            n_users: 0,
            points: vec![point(None), point(Some(u32::MAX)), point(Some(0)), point(Some(0))],
        }],
        distributions: vec![distribution(0), distribution(u64::MAX / 8)],
        paired_distributions: vec![PairedDistribution {
            stack: String::new(),
            rival: model.clone(),
            protocol: "a".to_owned(),
            metric: "ndcg".to_owned(),
            k: Some(10),
            better: u64::MAX,
            equal: u64::MAX,
            worse: 0,
            bins: bins(u64::MAX / 8),
        }],
        explorer: Explorer {
            models: vec![model],
            titles: vec!["one".to_owned()],
            users: vec![ExplorerUser {
                user_id: i64::MIN,
                n_known: 0,
                known: vec![Rated { item: 7, stars: one }],
                n_candidates: 0,
                relevant: vec![Rated { item: 0, stars: other }, Rated { item: 7, stars: one }],
                landings: vec![
                    Landing {
                        value: Some(one),
                        top: vec![Ranked {
                            item_id: 1,
                            item: 0,
                            score: other,
                            relevant: true,
                            stars: Some(one),
                            why: Some("</script>".to_owned()),
                        }],
                        ranks: Vec::new(),
                    },
                    Landing::default(),
                ],
            }],
            ..Explorer::default()
        },
        ..ReportData::default()
    }
}
