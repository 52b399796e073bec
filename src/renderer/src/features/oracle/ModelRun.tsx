import { Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { ModelProfile } from '../../../../shared/model/index.js';
import type { Generation } from '../../../../shared/model/oracle.js';
import { Wide } from '../../components/layout/FieldGrid.js';
import { trpc } from '../../rpc/client.js';
import { agreedTo, BudgetField, ForecastLine, ProfileChecks, ProfileField } from '../models/index.js';

interface Props {
  profiles: readonly ModelProfile[];
  asked: Generation;
  /** What it is of, without who makes it. */
  of: { total: number; seed: number; domains: string[] } | null;
  onChange(asked: Generation): void;
}

/** Which models write and review, for how much; says first what it may cost. */
export function ModelRun({ profiles, asked, of, onChange }: Props) {
  const { profile = '', reviewers, allow_own, budget_usd } = asked;
  const first = agreedTo(profiles)[0]?.name;
  useEffect(() => {
    if (profile === '' && first !== undefined) onChange({ ...asked, profile: first });
  }, [profile, first, asked, onChange]);
  const order = { ...asked, ...(of ?? { total: 1, seed: 1, domains: [] }) };
  const forecast = useQuery(
    trpc.oracle.forecast.queryOptions(order, { enabled: profile !== '' && of !== null, staleTime: 0 }),
  );
  return (
    <>
      <ProfileField
        profiles={profiles}
        label="Writes requests and calls"
        description="In three phases, each checked."
        value={profile}
        onChange={(name) => onChange({ ...asked, profile: name })}
      />
      <BudgetField value={budget_usd} onChange={(usd) => onChange({ ...asked, budget_usd: usd })} />
      <ProfileChecks
        profiles={profiles}
        legend="Reviewed by: more than half of them have to accept"
        chosen={reviewers}
        onChange={(names) => onChange({ ...asked, reviewers: names, allow_own: allow_own.length === 0 ? [] : names })}
      />
      <Wide>
        <Checkbox
          label="A reviewer may be of the model that wrote"
          description="Models favour their own: without this such a reviewer accepts nothing."
          checked={allow_own.length > 0}
          disabled={reviewers.length === 0}
          onChange={(event) => onChange({ ...asked, allow_own: event.currentTarget.checked ? reviewers : [] })}
        />
      </Wide>
      <Wide>
        {profile !== '' && of !== null && (
          <ForecastLine forecast={forecast} free="Answers that are kept from before cost nothing." />
        )}
      </Wide>
    </>
  );
}
