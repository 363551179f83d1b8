//! Reading what earlier stages wrote, each file checked against its stage's manifest.

use artifacts::layout::Artifact;
use artifacts::manifest::FileRecord;
use artifacts::table::{Source, read_parquet};
use artifacts::tables::Stored;
use artifacts::{Error, Schema, StageName, model_file, sha256_of_bytes};
use rayon::prelude::*;
use serde::de::DeserializeOwned;

use super::Run;

impl Run {
    /// Reads a table that an earlier stage wrote, after checking its bytes against that stage's manifest.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Corrupt`] or [`Error::WrongKind`].
    pub fn read_table<T: Stored>(&mut self, artifact: Artifact) -> Result<T, Error> {
        let (bytes, mut record) = self.read_bytes(artifact.stage, artifact.file)?;
        let path = self.layout.path(artifact);
        let source = Source { path: &path, schema: T::SCHEMA, make_target: artifact.stage.name() };
        let table = read_parquet(bytes.into(), source)?;
        record.rows = Some(table.n_rows() as u64);
        self.inputs.push(record);
        T::from_table(table).map_err(|problem| source.corrupt(problem))
    }

    /// Reads a JSON file that an earlier stage wrote, likewise.
    ///
    /// # Errors
    /// [`Error::Missing`] or [`Error::Corrupt`].
    pub fn read_json<T: DeserializeOwned>(&mut self, artifact: Artifact) -> Result<T, Error> {
        let (bytes, record) = self.read_bytes(artifact.stage, artifact.file)?;
        self.inputs.push(record);
        serde_json::from_slice(&bytes).map_err(|error| Error::Corrupt {
            path: self.layout.path(artifact),
            problem: error.to_string(),
            make_target: artifact.stage.name().to_owned(),
        })
    }

    /// Reads a model that `stage` wrote under the name `file`; `check` says whether its parts fit together.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Corrupt`] or [`Error::WrongKind`].
    pub fn read_model<M: DeserializeOwned, E: ToString>(
        &mut self,
        stage: StageName,
        file: &str,
        schema: Schema,
        check: impl Fn(&M) -> Result<(), E>,
    ) -> Result<M, Error> {
        let (model, record) = self.load_model(stage, file, schema, check)?;
        self.inputs.push(record);
        Ok(model)
    }

    /// Reads several models that `stage` wrote, side by side: each of `files` with its schema and how it is checked, as in
    /// [`Run::read_model`].
    ///
    /// # Errors
    /// As [`Run::read_model`], for the first file that is at fault.
    pub fn read_models<M: DeserializeOwned + Send, E: ToString>(
        &mut self,
        stage: StageName,
        files: Vec<(String, Schema, impl Fn(&M) -> Result<(), E> + Send + Sync)>,
    ) -> Result<Vec<M>, Error> {
        let load = |(file, schema, check): &(String, Schema, _)| self.load_model(stage, file, *schema, check);
        // All of them before the first error is told: which one that is does not depend on the threads.
        let loaded: Vec<Result<_, Error>> = files.par_iter().map(load).collect();
        let loaded: Vec<(M, FileRecord)> = loaded.into_iter().collect::<Result<_, _>>()?;
        let (models, records): (Vec<M>, Vec<FileRecord>) = loaded.into_iter().unzip();
        self.inputs.extend(records);
        Ok(models)
    }

    fn load_model<M: DeserializeOwned, E: ToString>(
        &self,
        stage: StageName,
        file: &str,
        schema: Schema,
        check: impl Fn(&M) -> Result<(), E>,
    ) -> Result<(M, FileRecord), Error> {
        let (bytes, record) = self.read_bytes(stage, file)?;
        let (path, make_target) = (self.layout.folder(stage).join(file), stage.name().to_owned());
        let model = model_file::decode(schema, &bytes, &path, &make_target)?;
        match check(&model) {
            Ok(()) => Ok((model, record)),
            Err(problem) => Err(Error::Corrupt { path, problem: problem.to_string(), make_target }),
        }
    }

    fn read_bytes(&self, stage: StageName, file: &str) -> Result<(Vec<u8>, FileRecord), Error> {
        let path = self.layout.folder(stage).join(file);
        let make_target = stage.name().to_owned();
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::Missing { path, make_target });
            }
            Err(source) => return Err(Error::Read { path, source }),
        };
        let below = format!("{}/{file}", stage.name());
        let manifest = self.upstream.iter().find(|manifest| manifest.stage == stage);
        let recorded = manifest.and_then(|manifest| manifest.output(&below));
        let sha256 = sha256_of_bytes(&bytes);
        if recorded.map(|record| &record.sha256) != Some(&sha256) {
            let problem = match recorded {
                Some(_) => "its bytes are not those that its manifest lists".to_owned(),
                None => format!("the manifest of {} does not list it", stage.name()),
            };
            return Err(Error::Corrupt { path, problem, make_target });
        }
        let record = FileRecord { path: below, sha256, bytes: bytes.len() as u64, rows: None };
        Ok((bytes, record))
    }
}
