import { Button } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import type { PolicyFile, RedactionPolicy } from '../../../../../shared/policy-file.js';
import { Columns } from '../../../components/layout/Columns.js';
import { Page } from '../../../components/layout/Page.js';
import { SaveBar } from '../../../components/layout/SaveBar.js';
import { Scroll } from '../../../components/layout/Scroll.js';
import { Section } from '../../../components/layout/Section.js';
import { Notice } from '../../../components/Notice.js';
import { ActionTable } from './ActionTable.js';
import { KnownValues } from './KnownValues.js';
import { NameLists } from './NameLists.js';
import { PresetChoice } from './PresetChoice.js';
import classes from './policy.module.css';
import { Rescan } from './Rescan.js';
import { SaveDialog } from './SaveDialog.js';
import { ValueList } from './ValueList.js';

interface Props {
  answer: { policy: RedactionPolicy; file: PolicyFile; path: string; problems: string[] };
}

/** Edits that were not saved yet, while another tab or page is looked at; in memory only. */
let unsaved: Partial<PolicyFile> = {};

/** The form: edits are a draft of the file until they were looked at and saved. */
export function PolicyForm({ answer }: Props) {
  const { policy, file, path, problems } = answer;
  const [edits, setEdits] = useState(unsaved);
  useEffect(() => {
    unsaved = edits;
  }, [edits]);
  const [saving, setSaving] = useState(false);
  const draft = useMemo<PolicyFile>(() => ({ ...file, ...edits }), [file, edits]);
  const changed = Object.keys(edits).length > 0 && JSON.stringify(draft) !== JSON.stringify(file);
  const edit = (part: Partial<PolicyFile>) => setEdits((before) => ({ ...before, ...part }));

  return (
    <Page>
      <Scroll>
        <Columns>
          {problems.length > 0 && (
            <div className={classes.problems}>
              <Notice
                tone="amber"
                title="The file holds no policy. The last good one holds. Where there was none since the start, the strictest does."
                next="Correct the file, or save here to write it anew."
              >
                {problems.map((problem) => (
                  <p key={problem}>{problem}</p>
                ))}
              </Notice>
            </div>
          )}
          <Section title="Preset" text="What a law or rule suggests. Your own choices below win over it.">
            <PresetChoice preset={draft.preset ?? null} onChange={(preset) => edit({ preset })} />
          </Section>
          <section className={classes.wide} aria-label="Actions">
            <h2>What is done with each kind</h2>
            <p>From the next exchange on. Where it gets stricter, what is stored is redacted anew.</p>
            <ActionTable file={draft} onChange={(next) => edit({ actions: next.actions ?? {} })} />
          </section>
          <Section title="What is stored" text="Redacted anew, as a job, whenever the policy gets stricter.">
            <Rescan />
          </Section>
          <Section title="Known values" text="Exact values that must never be stored, wherever they stand.">
            <KnownValues />
          </Section>
          <Section
            title="Allowed values"
            text="What detectors find but may stay. Known values are replaced all the same."
          >
            <ValueList
              field="allow"
              description="Exact values. They lie in the policy file as you type them."
              value={draft.allow ?? policy.allow}
              onChange={(allow) => edit({ allow })}
            />
            <ValueList
              field="allow_pseudonyms"
              description="Values by what stands for them, such as <EMAIL_7f3a9c21>: findings marked as false come here."
              value={draft.allow_pseudonyms ?? policy.allow_pseudonyms}
              onChange={(allow_pseudonyms) => edit({ allow_pseudonyms })}
            />
          </Section>
          <NameLists file={draft} policy={policy} onChange={edit} />
          <p className={classes.path}>
            The policy of this data folder: <code>{path}</code>
          </p>
        </Columns>
      </Scroll>
      {changed && (
        <SaveBar text="Changes not saved">
          <Button variant="default" onClick={() => setEdits({})}>
            Revert
          </Button>
          <Button onClick={() => setSaving(true)}>Review and save</Button>
        </SaveBar>
      )}
      <SaveDialog
        before={policy}
        file={draft}
        opened={saving}
        onClose={() => setSaving(false)}
        onSaved={() => {
          setSaving(false);
          setEdits({});
        }}
      />
    </Page>
  );
}
