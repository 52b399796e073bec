import { Button, Checkbox } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ModelProfile } from '../../../../shared/model/index.js';
import { Cost } from '../../components/Cost.js';
import { Fact, Facts } from '../../components/Facts.js';
import { FailureNotice } from '../../components/FailureNotice.js';
import { Card } from '../../components/layout/Card.js';
import { StatusBadge } from '../../components/StatusBadge.js';
import { Time } from '../../components/Time.js';
import { trpc } from '../../rpc/client.js';
import classes from './models.module.css';
import { ProbeChecks } from './ProbeChecks.js';
import { keyText, pricesText } from './words.js';

/** One profile: whether it was agreed to, what it takes, and what it costs. */
export function ProfileCard({ profile, onEdit }: { profile: ModelProfile; onEdit(): void }) {
  const queries = useQueryClient();
  const refresh = { onSettled: () => void queries.invalidateQueries(trpc.models.pathFilter()) };
  const probe = useMutation(trpc.models.probe.mutationOptions(refresh));
  const remove = useMutation(trpc.models.remove.mutationOptions(refresh));
  const [removing, setRemoving] = useState(false);
  const { name, today } = profile;
  const agreed = profile.agreed !== null;
  return (
    <Card
      title={name}
      mark={
        agreed ? (
          <StatusBadge status="ok" label="agreed" />
        ) : (
          <StatusBadge status="pending" tone="amber" label="not agreed: nothing is sent" />
        )
      }
    >
      <Facts>
        <Fact name="Model">
          <code>{profile.model}</code>
        </Fact>
        <Fact name="Address">
          <code>{profile.base_url}</code>
        </Fact>
        <Fact name="Key">{keyText(profile)}</Fact>
        <Fact name="Price">{pricesText(profile)}</Fact>
        <Fact name="Today">
          {today.calls.toLocaleString('en')} {today.calls === 1 ? 'call' : 'calls'}, {today.cached.toLocaleString('en')}{' '}
          from the cache, {today.input_tokens.toLocaleString('en')} tokens in,{' '}
          {today.output_tokens.toLocaleString('en')} out, <Cost usd={today.cost_usd} />
          {today.unpriced > 0 && ` and ${today.unpriced.toLocaleString('en')} without a known price`}
        </Fact>
        {profile.agreed && (
          <Fact name="Agreed">
            <span>
              <Time iso={profile.agreed.at} /> {profile.leaves}
            </span>
          </Fact>
        )}
      </Facts>
      {!agreed && <Agree profile={profile} />}
      {profile.probe && <ProbeChecks probe={profile.probe} />}
      {probe.isError && <FailureNotice error={probe.error} />}
      {remove.isError && <FailureNotice error={remove.error} />}
      <div className={classes.buttons}>
        <Button
          variant="default"
          size="compact-xs"
          disabled={!agreed}
          title={agreed ? undefined : 'Agree first: it sends a few short calls'}
          loading={probe.isPending}
          onClick={() => probe.mutate({ name })}
        >
          {profile.probe ? 'Probe again' : 'Probe'}
        </Button>
        <Button variant="default" size="compact-xs" onClick={onEdit}>
          Change
        </Button>
        {removing ? (
          <>
            <Button
              color="red"
              size="compact-xs"
              loading={remove.isPending}
              onClick={() => remove.mutate({ name })}
              autoFocus
            >
              Remove {name}
            </Button>
            <Button variant="default" size="compact-xs" onClick={() => setRemoving(false)}>
              Keep it
            </Button>
          </>
        ) : (
          <Button variant="default" size="compact-xs" onClick={() => setRemoving(true)}>
            Remove…
          </Button>
        )}
      </div>
    </Card>
  );
}

/** What leaves and where to, in plain words; nothing is sent before it. */
function Agree({ profile }: { profile: ModelProfile }) {
  const queries = useQueryClient();
  const [read, setRead] = useState(false);
  const agree = useMutation(
    trpc.models.agree.mutationOptions({ onSettled: () => void queries.invalidateQueries(trpc.models.pathFilter()) }),
  );
  return (
    <div className={classes.agree}>
      <p>
        <strong>What leaves, and where to.</strong> {profile.leaves}
      </p>
      <Checkbox
        label={`I agree that redacted text is sent to ${profile.host}`}
        checked={read}
        onChange={(event) => setRead(event.currentTarget.checked)}
      />
      <Button
        size="compact-xs"
        disabled={!read}
        loading={agree.isPending}
        onClick={() => agree.mutate({ name: profile.name, host: profile.host })}
      >
        Agree
      </Button>
      {agree.isError && <FailureNotice error={agree.error} />}
    </div>
  );
}
