//! Reading what earlier stages wrote, each file checked against its stage's manifest.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use artifacts::layout::Artifact;
use artifacts::manifest::{FileRecord, IMPORTED};
use artifacts::table::{Positional, Source, TableFile};
use artifacts::tables::Stored;
use artifacts::{Error, Schema, Sha256Hex, StageName, model_file, sha256_of, sha256_of_bytes};
use rayon::prelude::*;
use serde::de::DeserializeOwned;

use super::Run;
use crate::{Bytes, UsageError};

impl Run {
    /// Reads a table that an earlier stage wrote, after checking its bytes against that stage's manifest.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Corrupt`] or [`Error::WrongKind`].
    pub fn read_table<T: Stored>(&mut self, artifact: Artifact) -> Result<T, Error> {
        let file = self.open_table::<T>(artifact)?;
        T::from_file(&file).map_err(|problem| self.corrupt(artifact, problem))
    }

    /// [`Run::read_table`] of two tables side by side.
    ///
    /// # Errors
    /// As [`Run::read_table`], for the first that is at fault.
    pub fn read_both<A: Stored + Send, B: Stored + Send>(
        &mut self,
        a: Artifact,
        b: Artifact,
    ) -> Result<(A, B), Error> {
        let files = (self.open_table::<A>(a)?, self.open_table::<B>(b)?);
        let read = rayon::join(|| A::from_file(&files.0), || B::from_file(&files.1));
        let corrupt = |artifact, problem| self.corrupt(artifact, problem);
        Ok((read.0.map_err(|problem| corrupt(a, problem))?, read.1.map_err(|problem| corrupt(b, problem))?))
    }

    /// Opens a table that an earlier stage wrote, after checking its bytes against that stage's manifest: to be read piece by piece.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Corrupt`] or [`Error::WrongKind`].
    pub fn open_table<T: Stored>(&mut self, artifact: Artifact) -> Result<TableFile, Error> {
        let path = self.layout.path(artifact);
        let file = open(&path, artifact.stage)?;
        // The file that was hashed is the file that is read, whatever is renamed to its place meanwhile.
        let hashed = Positional::new(file).and_then(|file| Ok((sha256_of(file.from(0))?, file)));
        let ((sha256, bytes), file) = hashed.map_err(|source| Error::Read { path: path.clone(), source })?;
        let mut record = self.check(artifact.stage, artifact.file, sha256, bytes)?;
        let source = Source { path: &path, schema: T::SCHEMA, make_target: artifact.stage.name() };
        let file = TableFile::open(file, source)?;
        record.rows = Some(file.n_rows() as u64);
        self.inputs.push(record);
        Ok(file)
    }

    /// Reads a small file that no stage made, named by a flag, and records it as an input.
    ///
    /// # Errors
    /// [`UsageError`] where it cannot be read or has more than `max_bytes`.
    pub fn read_given(&mut self, path: &Path, max_bytes: u64) -> Result<Vec<u8>, UsageError> {
        let mut bytes = Vec::new();
        File::open(path)
            .and_then(|file| file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes))
            .map_err(|error| UsageError(format!("cannot read {}: {error}", path.display())))?;
        if bytes.len() as u64 > max_bytes {
            return Err(UsageError(format!("{} is larger than {}", path.display(), Bytes(max_bytes))));
        }
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let (sha256, bytes_read) = (sha256_of_bytes(&bytes), bytes.len() as u64);
        let role = Some(IMPORTED.to_owned());
        self.inputs.push(FileRecord { role, ..FileRecord::new(name, sha256, bytes_read) });
        Ok(bytes)
    }

    /// The error that says that `artifact` holds what it may not.
    pub fn corrupt(&self, artifact: Artifact, problem: String) -> Error {
        let make_target = artifact.stage.name().to_owned();
        Error::Corrupt { path: self.layout.path(artifact), problem, make_target }
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
        let mut bytes = Vec::new();
        open(&path, stage)?.read_to_end(&mut bytes).map_err(|source| Error::Read { path, source })?;
        let record = self.check(stage, file, sha256_of_bytes(&bytes), bytes.len() as u64)?;
        Ok((bytes, record))
    }

    /// That a file is the one that the manifest of `stage` lists.
    fn check(
        &self,
        stage: StageName,
        file: &str,
        sha256: Sha256Hex,
        bytes: u64,
    ) -> Result<FileRecord, Error> {
        let below = format!("{}/{file}", stage.name());
        let manifest = self.upstream.iter().find(|manifest| manifest.stage == stage);
        let recorded = manifest.and_then(|manifest| manifest.output(&below));
        if recorded.map(|record| &record.sha256) != Some(&sha256) {
            let problem = match recorded {
                Some(_) => "its bytes are not those that its manifest lists".to_owned(),
                None => format!("the manifest of {} does not list it", stage.name()),
            };
            let (path, make_target) = (self.layout.folder(stage).join(file), stage.name().to_owned());
            return Err(Error::Corrupt { path, problem, make_target });
        }
        Ok(FileRecord::new(below, sha256, bytes))
    }
}

fn open(path: &Path, stage: StageName) -> Result<File, Error> {
    File::open(path).map_err(|source| match source.kind() {
        ErrorKind::NotFound => Error::Missing { path: path.to_owned(), make_target: stage.name().to_owned() },
        _ => Error::Read { path: path.to_owned(), source },
    })
}
