//! The report as its users get it: what must hold of any page and any plot, whatever the data.

use std::collections::BTreeMap;

use report::{
    Command, Comparison, Contribution, Explained, ExplainedFeature, Importances, LearningCurve, ModelKind,
    ModelRow, Plot, RatingCount, ReliabilityCurve, ReliabilityPoint, Report, ReportData, Series, StageConfig,
    StageRun, render,
};
use resvg::usvg::roxmltree;

mod fixture;

use fixture::generated::Size;

/// Every SVG in the page and in the files, parsed; panics where one is not well-formed or holds a number that is none.
fn check_plots(report: &Report) {
    let inline = report.html.split("<svg ").skip(1).map(|rest| {
        let end = rest.find("</svg>").expect("an svg element ends");
        format!("<svg {}</svg>", &rest[..end])
    });
    for svg in report.plots.iter().map(|plot| plot.svg.clone()).chain(inline) {
        let document = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{error}: {svg}"));
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            let drawn =
                ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height", "points", "viewBox"];
            for value in drawn.iter().filter_map(|name| node.attribute(*name)) {
                for number in value.split([' ', ',']) {
                    let number: f64 = number.parse().unwrap_or_else(|_| panic!("{number} in {svg}"));
                    assert!(number.is_finite(), "{number} in {svg}");
                }
            }
        }
    }
}

/// Width and height as a PNG's header gives them.
fn png_size(png: &[u8]) -> (u32, u32) {
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    let word = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (word(16), word(20))
}

fn model(name: &str, kind: ModelKind, metrics: &[(&str, f64)]) -> ModelRow {
    let metrics: BTreeMap<_, _> = metrics.iter().map(|&(key, value)| (key.to_owned(), Some(value))).collect();
    ModelRow { model: name.to_owned(), kind, metrics }
}

#[test]
fn plots_are_well_formed_and_pngs_have_twice_their_size() {
    let report = render(&fixture::notebook()).unwrap();
    check_plots(&report);
    let names: Vec<&str> = report.plots.iter().map(|plot| plot.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "comparisons",
            "all-models",
            "base-models",
            "feature-importances",
            "reliability",
            "mf-learning-curve",
            "gb-learning-curve",
            "rating-distribution"
        ]
    );
    for plot in &report.plots {
        let document = roxmltree::Document::parse(&plot.svg).unwrap();
        let svg = document.root_element();
        let side = |name: &str| svg.attribute(name).unwrap().parse::<u32>().unwrap();
        assert_eq!(side("width"), Plot::WIDTH);
        let expected = (side("width") * Plot::PNG_SCALE, side("height") * Plot::PNG_SCALE);
        assert_eq!(png_size(&plot.png), expected, "{}", plot.name);
        let child =
            |name: &str| svg.children().find(|child| child.has_tag_name(name)).and_then(|child| child.text());
        assert_eq!(child("title"), Some(plot.title.as_str()));
        assert!(child("desc").is_some_and(|description| description.len() > 40), "{}", plot.name);
    }
}

/// The reference's numbers, and every section that there is.
fn samples() -> [ReportData; 2] {
    [fixture::notebook(), fixture::generated(Size { n_users: 80, n_test: (12, 30), catalogue: true })]
}

#[test]
fn no_text_of_a_plot_is_smaller_than_13_pixels_or_outside() {
    for plot in samples().iter().flat_map(|data| render(data).unwrap().plots) {
        let document = roxmltree::Document::parse(&plot.svg).unwrap();
        let mut n_texts = 0;
        for text in document.descendants().filter(|node| node.has_tag_name("text")) {
            let number = |name: &str| text.attribute(name).unwrap().parse::<f64>().unwrap();
            assert!(number("font-size") >= 13.0, "{}: {:?}", plot.name, text.text());
            assert!(
                (0.0..=f64::from(Plot::WIDTH)).contains(&number("x")),
                "{}: {:?}",
                plot.name,
                text.text()
            );
            n_texts += 1;
        }
        assert!(n_texts > 8, "{} has {n_texts} texts", plot.name);
    }
}

/// The ink that the PNG has in its outermost two pixels on each side: text that is cut off would leave some.
#[test]
fn nothing_is_cut_off_at_the_edges() {
    for plot in samples().iter().flat_map(|data| render(data).unwrap().plots) {
        let pixels = tiny_skia::Pixmap::decode_png(&plot.png).unwrap();
        let (width, height) = (pixels.width(), pixels.height());
        let edge = |x: u32, y: u32| x < 2 || y < 2 || x >= width - 2 || y >= height - 2;
        let white =
            |x, y| pixels.pixel(x, y).is_some_and(|p| (p.red(), p.green(), p.blue()) == (255, 255, 255));
        let mut inked = 0;
        for y in 0..height {
            for x in 0..width {
                assert!(!edge(x, y) || white(x, y), "{} has ink at {x}, {y}", plot.name);
                inked += usize::from(!white(x, y));
            }
        }
        assert!(inked > 5_000, "{} is empty", plot.name);
    }
}

#[test]
fn the_same_data_give_the_same_bytes() {
    let [_, data] = samples();
    let one =
        rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(|| render(&data).unwrap());
    let two =
        rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap().install(|| render(&data).unwrap());
    assert!(one == two, "one thread and three threads differ");
}

#[test]
fn only_the_timings_differ_between_two_runs() {
    let first = fixture::notebook();
    let mut second = first.clone();
    for stage in &mut second.stages {
        stage.wall_seconds *= 3.0;
        stage.peak_memory_bytes = Some(200_000_000);
    }
    let without_timings = |data: &ReportData| {
        let html = render(data).unwrap().html;
        let start = html.find("<div id=\"timings\"").unwrap();
        let end = start + html[start..].find("</div>").unwrap();
        (format!("{}{}", &html[..start], &html[end..]), html[start..end].to_owned())
    };
    let ((rest, timings), (other_rest, other_timings)) = (without_timings(&first), without_timings(&second));
    assert_eq!(rest, other_rest);
    assert_ne!(timings, other_timings);
    assert!(timings.contains("183\u{a0}ms") && timings.contains("518\u{a0}ms"), "{timings}"); // 61+142+38+183+94
}

/// A model whose every text is `text`.
fn explained(text: &str, rows: Vec<(Option<f64>, f64)>) -> Explained {
    Explained {
        model: text.to_owned(),
        unit: text.to_owned(),
        is_linear: false,
        n_features: 9,
        features: vec![ExplainedFeature { name: text.to_owned(), rows }; 2],
    }
}

#[test]
fn hostile_text_stays_text() {
    let evil = "</script><script>alert(1)</script>\"'&{{ 123457 * 9 }}\u{0}\u{1b}<b>";
    let mut data = fixture::notebook();
    data.dataset = evil.to_owned();
    data.preset = evil.to_owned();
    data.version = evil.to_owned();
    data.leak_note = Some(evil.to_owned());
    data.verdicts = vec![evil.to_owned(), evil.to_owned()];
    for row in &mut data.models {
        row.model = format!("{evil}{}", row.model);
        row.metrics.insert(evil.to_owned(), Some(0.5));
    }
    for importances in &mut data.importances {
        importances.model = evil.to_owned();
        importances.measure = evil.to_owned();
        importances.features[0].0 = evil.to_owned();
    }
    data.explained = vec![explained(evil, vec![(Some(1.0), 0.5), (Some(2.0), -0.5), (None, 0.25)])];
    for curve in &mut data.learning_curves {
        curve.key = format!("../{evil}");
        curve.model = evil.to_owned();
        curve.x_label = evil.to_owned();
        curve.y_label = evil.to_owned();
        curve.series[0].name = evil.to_owned();
    }
    for comparison in &mut data.comparisons {
        for text in [
            &mut comparison.stack,
            &mut comparison.rival,
            &mut comparison.role,
            &mut comparison.metric,
            &mut comparison.sentence,
        ] {
            evil.clone_into(text);
        }
    }
    for curve in &mut data.reliability {
        evil.clone_into(&mut curve.model);
    }
    data.stages[0] = StageRun { stage: evil.to_owned(), version: evil.to_owned(), ..data.stages[0].clone() };
    data.configs = vec![StageConfig { stage: evil.to_owned(), toml: evil.to_owned() }];
    data.rerun = vec![Command { purpose: evil.to_owned(), command: evil.to_owned() }];
    let report = render(&data).unwrap();
    check_plots(&report);
    assert!(!report.html.contains("alert(1)</script>") && !report.html.contains("<script>alert"));
    assert_eq!(report.html.matches("<script").count(), 1);
    assert!(
        !report.html.contains("<b>alert") && !report.html.contains("1111113"),
        "a template in the data was run"
    );
    for plot in &report.plots {
        let safe = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(plot.name.bytes().all(safe), "{}", plot.name);
    }
}

#[test]
fn plots_of_one_name_are_told_apart() {
    let mut data = fixture::notebook();
    data.learning_curves = vec![data.learning_curves[0].clone(); 3];
    let names: Vec<String> = render(&data).unwrap().plots.into_iter().map(|plot| plot.name).collect();
    assert_eq!(names[5..8], ["mf-learning-curve", "mf-learning-curve-2", "mf-learning-curve-3"]);
}

#[test]
fn the_page_needs_no_network() {
    let html = render(&fixture::notebook()).unwrap().html;
    let rest = html.replace("http://www.w3.org/2000/svg", ""); // a name, not an address
    for remote in ["http:", "https:", "src=\"", "@import", "<link rel=\"stylesheet\"", "url(//"] {
        assert!(!rest.contains(remote), "{remote}");
    }
    // The only links lead to the plots beside the page.
    for link in rest.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        let is_plot = link.rsplit_once('.').is_some_and(|(_, ending)| ["svg", "png"].contains(&ending));
        assert!(is_plot || link == "data:," || link.starts_with('#'), "{link}");
    }
}

#[test]
fn generated_data_say_so_on_the_page_and_on_every_plot() {
    let mut data = fixture::notebook();
    let quiet = render(&data).unwrap();
    assert!(!quiet.html.contains("GENERATED DATA"));
    assert!(quiet.plots.iter().all(|plot| !plot.svg.contains("GENERATED DATA")));
    data.synthetic = true;
    let loud = render(&data).unwrap();
    assert!(loud.html.contains("GENERATED DATA – not MovieLens"));
    assert!(loud.plots.iter().all(|plot| plot.svg.contains("GENERATED DATA – not MovieLens")));
}

#[test]
fn the_leak_is_told_where_there_is_one() {
    let mut data = fixture::notebook();
    assert!(render(&data).unwrap().html.contains("These features leak."));
    data.leak_note = None;
    assert!(!render(&data).unwrap().html.contains("These features leak."));
}

#[test]
fn the_comparisons_are_the_verdict_and_come_first() {
    let data = fixture::notebook();
    let html = render(&data).unwrap().html;
    let at = |wanted: &str| html.find(wanted).unwrap_or_else(|| panic!("{wanted} is not on the page"));
    // The sentences of the best stack, the picture, the table of all of them, and only then the metrics.
    let places = [
        &format!("<p class=\"lead\">{}</p>", data.comparisons[0].sentence),
        &format!("<p>{}</p>", data.comparisons[1].sentence),
        "id=\"comparisons\"",
        "All 4 comparisons as a table",
        "<td class=\"number\">[\u{2212}0.0237, \u{2212}0.0069]</td><td class=\"number\">0.004</td>",
        "<table class=\"metrics\"",
        "id=\"base-models\"",
    ]
    .map(at);
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!(html.matches("id=\"comparisons\"").count(), 1);
    assert!(
        !html.contains(&data.verdicts[0])
            && !html.contains(&format!("<p>{}</p>", data.comparisons[2].sentence))
    );
    assert!(html.contains("Squares: the interval lies above zero (1 of 4); diamonds: below (2)"));
    assert!(html.contains("Corrected for 4 comparisons (Holm), 3 differ from zero."));
}

#[test]
fn without_comparisons_the_verdicts_stand_there() {
    let data = ReportData { comparisons: Vec::new(), ..fixture::notebook() };
    let report = render(&data).unwrap();
    assert!(report.html.contains(&format!("<p class=\"lead\">{}</p>", data.verdicts[0])));
    assert!(report.html.contains(&format!("<p>{}</p>", data.verdicts[1])));
    assert!(!report.html.contains("comparisons as a table"));
    assert!(report.plots.iter().all(|plot| plot.name != "comparisons"));
}

#[test]
fn nothing_at_all_still_gives_a_page() {
    let report = render(&ReportData::default()).unwrap();
    assert!(report.plots.is_empty());
    assert!(report.html.contains("No stage was timed."));
    check_plots(&report);
}

#[test]
fn odd_values_give_neither_panic_nor_nan() {
    let values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, -5.0, 1e300, f64::MAX, 1e-300];
    for (at, &one) in values.iter().enumerate() {
        for &other in &values[at..] {
            let report = render(&odd(one, other)).unwrap();
            check_plots(&report);
            assert!(!report.html.contains("NaN") && !report.html.contains(">inf"), "{one} {other}");
            assert!(report.plots.iter().all(|plot| png_size(&plot.png).0 == Plot::WIDTH * Plot::PNG_SCALE));
        }
    }
}

fn odd(one: f64, other: f64) -> ReportData {
    let long =
        "a_name_that_is_far_too_long_for_any_plot_and_goes_on_and_on_for_ever_and_ever_until_it_must_be_cut";
    let curve = |points: Vec<(f64, f64)>| LearningCurve {
        key: "mf".to_owned(),
        model: long.to_owned(),
        x_label: "epoch".to_owned(),
        y_label: long.to_owned(),
        series: vec![
            Series { name: long.to_owned(), held_out: false, points },
            Series { name: "empty".to_owned(), held_out: true, points: Vec::new() },
        ],
        lower_is_better: one > other,
    };
    ReportData {
        dataset: long.to_owned(),
        relevance_threshold: one,
        models: vec![
            model(long, ModelKind::Base, &[("ndcg", one), ("recall", other), ("rmse", one), ("mine", other)]),
            model("average", ModelKind::Average, &[("ndcg", other)]),
            model("nothing", ModelKind::Meta, &[]),
        ],
        comparisons: [(one, other), (other, one), (0.0, one)]
            .map(|(low, high)| Comparison {
                stack: long.to_owned(),
                rival: long.to_owned(),
                role: String::new(),
                protocol: String::new(),
                metric: "ndcg".to_owned(),
                difference: one,
                low,
                high,
                level: other,
                p_holm: one,
                sentence: String::new(),
            })
            .to_vec(),
        reliability: vec![
            ReliabilityCurve {
                model: long.to_owned(),
                ece: one,
                points: vec![
                    ReliabilityPoint { predicted: one, relevant: other, count: 0 },
                    ReliabilityPoint { predicted: 1.0, relevant: 0.0, count: 1 },
                    ReliabilityPoint { predicted: 0.0, relevant: 1.0, count: u64::MAX },
                ],
            },
            ReliabilityCurve { model: "none".to_owned(), ece: other, points: Vec::new() },
        ],
        ratings: (0..30)
            .map(|at| RatingCount {
                value: if at == 0 { one } else { f64::from(at) * other },
                count: u64::MAX / 64,
            })
            .collect(),
        importances: vec![
            Importances {
                model: long.to_owned(),
                measure: long.to_owned(),
                features: vec![(long.to_owned(), one), ("b".to_owned(), other)],
            },
            Importances {
                model: "zero".to_owned(),
                measure: "gain".to_owned(),
                features: vec![("a".to_owned(), 0.0); 30],
            },
            Importances { model: "none".to_owned(), measure: "gain".to_owned(), features: Vec::new() },
        ],
        explained: vec![
            explained(long, vec![(Some(one), 0.5), (None, -0.25), (Some(other), other)]),
            explained("odd", vec![(Some(1.0), one), (Some(0.0), other)]),
            explained("none", Vec::new()),
            explained("missing", vec![(None, 0.0); 3]),
        ],
        learning_curves: vec![
            curve(vec![(1.0, one)]),
            curve(vec![(0.0, one), (1.0, other)]),
            curve(vec![(one, other); 2]),
        ],
        stages: vec![StageRun {
            stage: "split".to_owned(),
            version: String::new(),
            wall_seconds: one,
            peak_memory_bytes: None,
            rows_read: u64::MAX,
            rows_written: 0,
        }],
        ..ReportData::default()
    }
}

#[test]
fn contributions_stand_in_two_groups_a_stack() {
    let [_, data] = samples();
    let one = |stack: &str, part: &str, is_part, adds| Contribution {
        stack: stack.to_owned(),
        part: part.to_owned(),
        is_part,
        metric: "ndcg".to_owned(),
        adds,
        p_holm: 0.01,
    };
    let given = [
        one("GBStack", "mf", true, Some([0.001, 0.004, 0.007])),
        one("GBStack", "mood", true, Some([-0.002, 0.0, 0.002])),
        one("GBStack", "ease", false, None),
        one("LogisticStack", "mf", true, Some([-0.005, -0.003, -0.001])),
    ];
    let plot = report::contributions(&data, &given, 0.95).unwrap();
    let document = roxmltree::Document::parse(&plot.svg).unwrap();
    let texts: Vec<String> = document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
        .filter_map(|node| node.text())
        .map(str::to_owned)
        .collect();
    for expected in [
        "GBStack: in the preset",
        "GBStack: not in the preset",
        "LogisticStack: in the preset",
        "not defined",
        "+0.0040",
    ] {
        assert!(texts.iter().any(|text| text == expected), "no {expected} in {texts:?}");
    }
    assert!(!texts.iter().any(|text| text == "LogisticStack: not in the preset"), "{texts:?}");
    assert_eq!(png_size(&plot.png).0, Plot::WIDTH * Plot::PNG_SCALE);
}
