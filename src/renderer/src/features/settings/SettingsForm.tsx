import { Button, NumberInput, Switch, TagsInput, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import type { Settings } from '../../../../shared/settings.js';
import { Columns } from '../../components/layout/Columns.js';
import { Page } from '../../components/layout/Page.js';
import { SaveBar } from '../../components/layout/SaveBar.js';
import { Scroll } from '../../components/layout/Scroll.js';
import { Section } from '../../components/layout/Section.js';
import { trpc } from '../../rpc/client.js';
import { describeError, fieldErrors } from '../../rpc/errors.js';
import { useCommand } from '../../rpc/use-command.js';
import { changedFields, type Draft, type Field, fromDraft, toDraft, validate } from './draft.js';
import { EngineFacts } from './EngineFacts.js';
import { JudgeFields } from './JudgeFields.js';
import { QaFields } from './QaFields.js';
import { RepositoriesField } from './RepositoriesField.js';
import { Setting } from './Setting.js';
import classes from './settings.module.css';
import { Tokens } from './Tokens.js';
import { UpstreamsField } from './UpstreamsField.js';
import { useAfterPress } from './use-after-press.js';
import { WebhooksField } from './WebhooksField.js';

interface Props {
  answer: { settings: Settings; overridden: string[]; restart_needed: string[] };
}

const mebibyte = 1024 * 1024;

/** The form: only what was changed is sent, and only when all of it is valid. */
export function SettingsForm({ answer }: Props) {
  const { settings, overridden, restart_needed: restartNeeded } = answer;
  const queries = useQueryClient();
  const command = useCommand();
  const [edits, setEdits] = useState<Partial<Draft>>({});
  const draft = useMemo<Draft>(() => ({ ...toDraft(settings), ...edits }), [settings, edits]);
  const changed = changedFields(draft, settings);
  const save = useMutation(
    trpc.settings.set.mutationOptions({
      onSuccess: (next) => {
        queries.setQueryData(trpc.settings.get.queryKey(), next);
        setEdits({});
        notifications.show({ message: 'Settings saved', color: 'sluice' });
      },
    }),
  );
  const [left, setLeft] = useState<ReadonlySet<Field>>(new Set());
  const problems = validate(draft);
  const invalid = Object.keys(problems).length > 0;
  // What is still being typed is no mistake yet.
  const shownProblems = Object.entries(problems).filter(([path]) => left.has(path.split('.', 1)[0] as Field));
  const errors = { ...fieldErrors(save.error), ...Object.fromEntries(shownProblems) };

  const set = <F extends Field>(field: F, value: Draft[F]) => {
    save.reset();
    setEdits((before) => ({ ...before, [field]: value }));
  };
  const afterPress = useAfterPress();
  const leave = (field: Field) =>
    afterPress(() => setLeft((before) => (before.has(field) ? before : new Set([...before, field]))));
  const about = (field: Field) => ({
    field,
    overridden: overridden.includes(field),
    restartNeeded: restartNeeded.includes(field),
    onLeave: () => leave(field),
  });
  const common = (field: Field) => ({ readOnly: overridden.includes(field), error: errors[field] });
  const text = (field: 'host' | 'reviewer_name', label: string, description: string) => (
    <Setting {...about(field)}>
      <TextInput
        label={label}
        description={description}
        value={draft[field]}
        onChange={(event) => set(field, event.currentTarget.value)}
        {...common(field)}
      />
    </Setting>
  );
  const number = (
    field: 'proxy_port' | 'api_port' | 'body_limit_bytes' | 'drain_grace_ms' | 'quality_every_minutes',
    label: string,
    description: string,
    unit = 1,
  ) => (
    <Setting {...about(field)}>
      <NumberInput
        label={label}
        description={description}
        value={Number.isFinite(draft[field]) ? draft[field] / unit : ''}
        onChange={(value) => set(field, value === '' ? Number.NaN : Number(value) * unit)}
        hideControls
        allowNegative={false}
        styles={{ wrapper: { width: 220 } }}
        {...common(field)}
      />
    </Setting>
  );
  const hosts = (
    field: 'intercept' | 'tunnel' | 'no_proxy' | 'allowed_origins',
    label: string,
    description: string,
    placeholder = 'Type a host and press Enter',
  ) => (
    <Setting {...about(field)}>
      <TagsInput
        label={label}
        description={description}
        value={draft[field]}
        onChange={(value) => {
          // A name that stands there as a tag was finished.
          set(field, value);
          leave(field);
        }}
        splitChars={[',', ' ']}
        acceptValueOnBlur
        placeholder={draft[field].length === 0 ? placeholder : undefined}
        {...common(field)}
      />
    </Setting>
  );
  const form = useRef<HTMLDivElement>(null);
  const submit = () => {
    if (invalid) {
      const fields = Object.keys(problems).map((path) => path.split('.', 1)[0] as Field);
      setLeft((before) => new Set([...before, ...fields]));
      form.current?.querySelector<HTMLElement>(`[data-field=${fields[0]}] input`)?.focus();
      return;
    }
    const values = fromDraft(draft);
    save.mutate(Object.fromEntries(changed.map((field) => [field, values[field]])));
  };

  return (
    <Page onSubmit={() => changed.length > 0 && submit()}>
      <div ref={form} className={classes.form}>
        <Scroll>
          <Columns>
            <Section title="Listening" text="Where agents and the studio reach the engine.">
              {text(
                'host',
                'Host',
                'An address off loopback makes the proxy demand a token of scope proxy as password.',
              )}
              {number('proxy_port', 'Proxy port', '0 takes a free one.')}
              {number('api_port', 'API and studio port', '0 takes a free one.')}
            </Section>
            <Section
              title="Interception"
              text="Known model and MCP hosts are always read. Everything else is tunnelled untouched."
            >
              {hosts('intercept', 'Also intercept', 'example.com, *.example.com, host:port, or * for all.')}
              {hosts('tunnel', 'Never intercept', 'Wins over everything else.')}
              {hosts(
                'allowed_origins',
                'Allowed origins',
                'Web pages of these origins (https://app.example) may send through the gateway: they can write into captures, use the upstreams and read what comes back. All other pages are refused.',
                'Type an origin and press Enter',
              )}
            </Section>
            <Section title="Upstreams" text="How the engine reaches the network.">
              <Setting {...about('upstreams')}>
                <UpstreamsField
                  rows={draft.upstreams}
                  errors={errors}
                  readOnly={overridden.includes('upstreams')}
                  onChange={(rows) => set('upstreams', rows)}
                />
              </Setting>
              <Setting {...about('upstream_proxy')}>
                <TextInput
                  label="Upstream proxy"
                  description="The proxy this machine needs to reach the network. Empty: none."
                  placeholder="http://user:password@proxy.example:3128"
                  value={draft.upstream_proxy ?? ''}
                  onChange={(event) => set('upstream_proxy', event.currentTarget.value || null)}
                  {...common('upstream_proxy')}
                />
              </Setting>
              {hosts('no_proxy', 'Reached without the upstream proxy', 'Names, .suffixes, host:port.')}
              <Setting {...about('insecure_upstream')}>
                <Switch
                  label="Accept upstream certificates that do not verify"
                  description="For test servers only: whoever is on the way can then read the traffic."
                  checked={draft.insecure_upstream}
                  onChange={(event) => set('insecure_upstream', event.currentTarget.checked)}
                  disabled={overridden.includes('insecure_upstream')}
                  error={errors['insecure_upstream']}
                />
              </Setting>
            </Section>
            <Section title="Capture" text="What is kept, and how the engine stops.">
              {number(
                'body_limit_bytes',
                'Body limit, MiB',
                'Kept per direction. Longer bodies are forwarded whole and stored cut.',
                mebibyte,
              )}
              {number(
                'drain_grace_ms',
                'Grace when stopping, seconds',
                'How long open responses may still finish.',
                1000,
              )}
            </Section>
            <Section title="Review" text="Who reviews here, and how often traces are scored.">
              {text('reviewer_name', 'Reviewer', 'Whose name stands at what is labelled in this studio.')}
              {number(
                'quality_every_minutes',
                'Compute quality scores, every so many minutes',
                'Looks only at what changed since. 0: only when asked for.',
              )}
            </Section>
            <Section
              title="Tests"
              text="How the tests of traces run: in containers without a network. Each run may say otherwise."
            >
              <Setting {...about('qa')}>
                <QaFields
                  qa={draft.qa}
                  errors={errors}
                  readOnly={overridden.includes('qa')}
                  onChange={(qa) => set('qa', qa)}
                />
              </Setting>
            </Section>
            <Section
              title="Repositories"
              text="Where the repositories that traces worked on lie on the engine’s machine. Tests run on copies."
            >
              <Setting {...about('qa')}>
                <RepositoriesField
                  rows={draft.qa.repositories}
                  errors={errors}
                  readOnly={overridden.includes('qa')}
                  onChange={(repositories) => set('qa', { ...draft.qa, repositories })}
                />
              </Setting>
            </Section>
            <Section title="Judge" text="Who judges reasoning when programs say that a trace is over.">
              <Setting {...about('judge')}>
                <JudgeFields
                  judge={draft.judge}
                  readOnly={overridden.includes('judge')}
                  onChange={(judge) => set('judge', judge)}
                />
              </Setting>
            </Section>
            <Section title="Webhooks" text="Addresses that hear of jobs that are over. Nothing else is ever called.">
              <Setting {...about('webhooks')}>
                <WebhooksField
                  rows={draft.webhooks}
                  saved={!changed.includes('webhooks')}
                  errors={errors}
                  readOnly={overridden.includes('webhooks')}
                  onChange={(rows) => set('webhooks', rows)}
                />
              </Setting>
            </Section>
            <Section title="API tokens" text={`For programs that send or read traces. Also \`${command('token')}\`.`}>
              <Tokens />
            </Section>
            <Section title="Engine" text="What runs now.">
              <EngineFacts />
            </Section>
          </Columns>
        </Scroll>
      </div>
      {(changed.length > 0 || save.isError) && (
        <SaveBar
          failed={save.isError || shownProblems.length > 0}
          text={
            save.isError
              ? `${describeError(save.error).message} ${describeError(save.error).next}`
              : shownProblems.length > 0
                ? 'Correct the marked fields to save.'
                : `${changed.length} ${changed.length === 1 ? 'change' : 'changes'} not saved`
          }
        >
          <Button
            variant="default"
            onClick={() => {
              setEdits({});
              setLeft(new Set());
              save.reset();
            }}
          >
            Revert
          </Button>
          <Button type="submit" disabled={changed.length === 0 || shownProblems.length > 0} loading={save.isPending}>
            Save
          </Button>
        </SaveBar>
      )}
    </Page>
  );
}
