import { Button, Progress, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { FailureNotice } from '../../../components/FailureNotice.js';
import { hrefTo } from '../../../navigation/hash-params.js';
import { trpc } from '../../../rpc/client.js';
import { JobLine } from '../consent/JobLine.js';
import classes from './data.module.css';
import { EraseDialog } from './EraseDialog.js';
import { SubjectFile } from './SubjectFile.js';
import { type Held, useSearch } from './use-search.js';

const tracesShown = 40;

/** Search, file and erasure for the values that name a person. */
export function Subject() {
  const [typed, setTyped] = useState('');
  const [asking, setAsking] = useState(false);
  const [erasure, setErasure] = useState<string | null>(null);
  const search = useSearch();
  const toFile = useMutation({ ...trpc.privacy.exportSubject.mutationOptions(), gcTime: 0 });
  const values = typed.split('\n').flatMap((line) => line.trim() || []);
  const failure = search.error ?? toFile.error;
  const { held } = search;
  return (
    <form
      className={classes.form}
      aria-label="A person’s data"
      onSubmit={(event) => {
        event.preventDefault();
        search.begin(values);
      }}
    >
      <Textarea
        label="Values that name the person"
        description="One a line: addresses, names, numbers. Each is found as it is, in capitals, in small letters and by its pseudonym."
        autosize
        minRows={2}
        maxRows={8}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          search.forget();
        }}
      />
      <div className={classes.row}>
        <Button type="submit" loading={search.searching} disabled={values.length === 0}>
          Find
        </Button>
        <Button
          variant="default"
          disabled={held === null || !held.done || held.traces.length + held.exchanges === 0}
          loading={toFile.isPending}
          onClick={() => toFile.mutate({ values })}
        >
          Write all of it into a file
        </Button>
        <Button color="red" variant="default" disabled={held === null || !held.done} onClick={() => setAsking(true)}>
          Erase…
        </Button>
      </div>
      {failure && <FailureNotice error={failure} />}
      <div aria-live="polite">{held && <Found held={held} />}</div>
      {toFile.data && (
        <JobLine jobId={toFile.data.job_id}>
          {(result) => <SubjectFile jobId={toFile.data.job_id} result={result} />}
        </JobLine>
      )}
      {erasure && <JobLine jobId={erasure} />}
      {held && (
        <EraseDialog
          held={held}
          opened={asking}
          onClose={() => setAsking(false)}
          onStarted={(jobId) => {
            setAsking(false);
            setErasure(jobId);
            toFile.reset();
            setTyped('');
            search.forget();
          }}
        />
      )}
    </form>
  );
}

function Found({ held }: { held: Held }) {
  const { traces, exchanges, places, progress, done } = held;
  const tables = Object.entries(places);
  return (
    <>
      {!done && <Progress value={progress * 100} size="sm" aria-label="Progress of the search" />}
      <p className={classes.remark}>
        {tables.length === 0 && done
          ? 'Nothing is held on these values.'
          : `${exchanges.toLocaleString('en')} exchanges and ${traces.length.toLocaleString('en')} traces hold them${done ? '' : ' so far'}.`}
        {tables.length > 0 &&
          ` By table: ${tables.map(([table, count]) => `${count} ${table.replace('_', ' ')}`).join(', ')}.`}
      </p>
      {traces.length > 0 && (
        <p className={classes.traces}>
          {traces.slice(0, tracesShown).map((id) => (
            <a key={id} href={hrefTo(`/traces/${id}`)} className="mono">
              {id.slice(-8)}
            </a>
          ))}
          {traces.length > tracesShown && <span className="dim">and {traces.length - tracesShown} more</span>}
        </p>
      )}
    </>
  );
}
