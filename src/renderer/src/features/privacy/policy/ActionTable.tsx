import { NativeSelect } from '@mantine/core';
import { type Action, actionList, actions, entityGroups, entityList } from '../../../../../shared/policy.js';
import type { PolicyFile } from '../../../../../shared/policy-file.js';
import { RedactedText } from '../../../components/RedactedText.js';
import { Table } from '../../../components/Table.js';
import { actionTitle, exampleOf, fromPreset, inheritedAction, withAction } from './draft.js';
import classes from './policy.module.css';

interface Props {
  file: PolicyFile;
  onChange(file: PolicyFile): void;
}

/** Every entity with its action, and what that makes of an example. */
export function ActionTable({ file, onChange }: Props) {
  return (
    <>
      <dl className={classes.legend}>
        {actionList.map(({ action, title, description }) => (
          <div key={action}>
            <dt>{title}</dt>
            <dd>{description}</dd>
          </div>
        ))}
      </dl>
      <Table className={classes.actions}>
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col">Action</th>
            <th scope="col">For example</th>
            <th scope="col">Is stored as</th>
          </tr>
        </thead>
        {entityGroups.map((group) => (
          <tbody key={group.id}>
            <tr>
              <th scope="colgroup" colSpan={4} className={classes.group}>
                {group.title}
              </th>
            </tr>
            {entityList
              .filter((each) => each.group === group.id)
              .map((each) => {
                const inherited = inheritedAction(file, each.entity);
                const own = file.actions?.[each.entity];
                const becomes = own ?? inherited;
                return (
                  <tr key={each.entity} data-own={own !== undefined || undefined}>
                    <th scope="row">
                      {each.title}
                      <span>{each.description}</span>
                    </th>
                    <td>
                      <NativeSelect
                        aria-label={`Action for ${each.title}`}
                        value={own ?? ''}
                        onChange={({ currentTarget: { value } }) =>
                          onChange(withAction(file, each.entity, value === '' ? null : (value as Action)))
                        }
                        data={[
                          {
                            value: '',
                            label: `${actionTitle(inherited)} (${fromPreset(file, each.entity) ? 'preset' : 'default'})`,
                          },
                          ...actions.map((action) => ({ value: action, label: actionTitle(action) })),
                        ]}
                      />
                    </td>
                    <td>
                      <code>{each.example}</code>
                    </td>
                    <td>
                      <code>
                        <RedactedText text={exampleOf(each, becomes)} />
                      </code>
                      {becomes === 'drop' && <span>not exported</span>}
                    </td>
                  </tr>
                );
              })}
          </tbody>
        ))}
      </Table>
    </>
  );
}
