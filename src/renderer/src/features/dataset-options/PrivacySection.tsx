import { ActionIcon, Button, Select, Switch } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ExportPolicy } from '../../../../shared/model/index.js';
import { hidesAsMuch } from '../../../../shared/model/index.js';
import {
  type Action,
  actionFor,
  actionList,
  type Entity,
  entityGroups,
  entityList,
} from '../../../../shared/policy.js';
import { policyPresets } from '../../../../shared/policy-presets.js';
import { trpc } from '../../rpc/client.js';
import classes from './dataset-options.module.css';

interface Props {
  fresh: boolean;
  policy: ExportPolicy;
  onFresh(fresh: boolean): void;
  onPolicy(policy: ExportPolicy): void;
}

const presets = policyPresets.map(({ id, title }) => ({ value: id, label: title }));
const names = new Map<string, string>(entityList.map(({ entity, title }) => [entity, title]));
const titles = new Map<string, string>(actionList.map(({ action, title }) => [action, title]));

/** How this export hides more than the project does. */
export function PrivacySection({ fresh, policy, onFresh, onPolicy }: Props) {
  const project = useQuery(trpc.policy.get.queryOptions());
  const chosen = Object.entries(policy.actions ?? {}) as [Entity, Action][];
  const now = (entity: Entity): Action => (project.data ? actionFor(project.data.policy, entity) : 'keep');
  const stricter = (entity: Entity) =>
    actionList.map(({ action }) => action).filter((action) => action !== 'keep' && hidesAsMuch(action, now(entity)));
  const set = (actions: readonly (readonly [Entity, Action])[]) =>
    onPolicy({ ...policy, actions: Object.fromEntries(actions) });
  const free = (own?: Entity) =>
    entityGroups.map(({ id, title }) => ({
      group: title,
      items: entityList
        .filter(({ group, entity }) => group === id && (entity === own || !chosen.some(([each]) => each === entity)))
        .map(({ entity }) => ({ value: entity, label: names.get(entity) ?? entity })),
    }));
  const next = entityList.find(
    ({ entity }) => !chosen.some(([each]) => each === entity) && now(entity) !== 'drop',
  )?.entity;

  return (
    <div role="group" aria-label="Privacy">
      <div className={classes.label}>Privacy</div>
      <Switch
        label="Fresh pseudonyms"
        description="Names of this export alone: it cannot be joined with another one."
        checked={fresh}
        onChange={(event) => onFresh(event.currentTarget.checked)}
      />
      <div className={classes.split}>
        <Select
          label="At least as strict as"
          placeholder="The project’s policy"
          data={presets}
          value={policy.preset ?? null}
          clearable
          onChange={(preset) => onPolicy({ ...policy, preset: (preset ?? null) as ExportPolicy['preset'] })}
        />
        {chosen.map(([entity, action], at) => (
          <div key={entity} className={classes.privacyRow}>
            <Select
              aria-label={`Entity ${at + 1}`}
              data={free(entity)}
              value={entity}
              searchable
              allowDeselect={false}
              onChange={(picked) => {
                const other = picked as Entity | null;
                if (other !== null) set(chosen.map((each, index) => (index === at ? [other, strictest(other)] : each)));
              }}
            />
            <Select
              aria-label={`What is done with ${names.get(entity)}`}
              data={stricter(entity).map((each) => ({ value: each, label: titles.get(each) ?? each }))}
              value={action}
              allowDeselect={false}
              onChange={(picked) => {
                if (picked !== null)
                  set(chosen.map((each, index) => (index === at ? [entity, picked as Action] : each)));
              }}
            />
            <ActionIcon
              aria-label={`As the project does with ${names.get(entity)}`}
              onClick={() => set(chosen.filter((_, index) => index !== at))}
            >
              <IconX size={14} />
            </ActionIcon>
          </div>
        ))}
        {next !== undefined && (
          <div>
            <Button
              variant="subtle"
              size="compact-xs"
              leftSection={<IconPlus size={13} />}
              onClick={() => set([...chosen, [next, strictest(next)]])}
            >
              Stricter for one entity
            </Button>
          </div>
        )}
      </div>
    </div>
  );

  /** What a new line begins with: masked, unless even that is laxer than the project. */
  function strictest(entity: Entity): Action {
    return hidesAsMuch('mask', now(entity)) ? 'mask' : 'drop';
  }
}
