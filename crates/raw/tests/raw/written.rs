//! What is written is read back as it was.

use raw::Options;

#[test]
fn a_written_data_set_reads_back_the_same() {
    let original = super::read(&[
        (
            "ratings.csv",
            b"userId,movieId,rating,timestamp\n1,2,4.5,100\n1,1,0.7,90\n2,7,3.3333333,-5\n2,1,5.0,0\n",
        ),
        (
            "movies.csv",
            b"movieId,title,genres\n1,\"American President, The (1995)\",Comedy|Drama\n2,\"The \"\"Best\"\"\",(no genres listed)\n9,Unrated (2001),Drama\n",
        ),
        ("tags.csv", b"userId,movieId,tag,timestamp\n1,2,\"wry, dry\",5\n1,2,a,6\n"),
    ])
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    raw::write_movielens(folder.path(), &original.ratings, &original.items, &original.tags).unwrap();
    let found = raw::read(folder.path(), &Options::default()).unwrap();
    assert_eq!(found.ratings, original.ratings);
    assert_eq!(found.items, original.items);
    assert_eq!(found.tags, original.tags);
}

#[test]
fn no_tags_no_file() {
    let original =
        super::read(&[("ratings.csv", b"userId,movieId,rating,timestamp\n1,2,4.5,100\n")]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    raw::write_movielens(folder.path(), &original.ratings, &original.items, &[]).unwrap();
    assert!(!folder.path().join("tags.csv").exists());
    assert_eq!(raw::read(folder.path(), &Options::default()).unwrap().ratings, original.ratings);
}
