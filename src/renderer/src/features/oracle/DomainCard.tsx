import { useQuery } from '@tanstack/react-query';
import type { ShownDomain } from '../../../../shared/contract/oracle.js';
import { LinkButton } from '../../components/LinkButton.js';
import { Answer } from '../../components/layout/Answer.js';
import { Card } from '../../components/layout/Card.js';
import { trpc } from '../../rpc/client.js';
import classes from './oracle.module.css';

interface Props {
  domain: string;
  title: string;
  onClose(): void;
}

/** What requests of a domain stand under, what can be done in it, and what people want there. */
export function DomainCard({ domain, title, onClose }: Props) {
  const shown = useQuery(trpc.oracle.domain.queryOptions({ domain }));
  return (
    <Card title={title} mark={<LinkButton onClick={onClose}>All domains</LinkButton>}>
      <Answer query={shown} label="Reading the domain" lines={12}>
        {(found) => <Shown domain={found} />}
      </Answer>
    </Card>
  );
}

function Shown({ domain: { about, rules, tools, intents } }: { domain: ShownDomain }) {
  return (
    <div className={classes.domain}>
      <p className={classes.note}>{about}</p>
      <h3>Rules</h3>
      <ul>
        {rules.map(({ kind, says }) => (
          <li key={says}>
            {says} <span className={classes.note}>{kind}</span>
          </li>
        ))}
      </ul>
      <h3>Tools</h3>
      <dl>
        {tools.map(({ tool_id, about: does, effect, tier, arguments: args }) => (
          <div key={tool_id}>
            <dt>
              <code>{tool_id}</code>
            </dt>
            <dd>
              {does}
              <span className={classes.note}>
                {effect}, {tier}
                {args.length > 0 && `; ${args.map(({ name, required }) => (required ? name : `${name}?`)).join(', ')}`}
              </span>
            </dd>
          </div>
        ))}
      </dl>
      <h3>Intents</h3>
      <dl>
        {intents.map(({ name, category, goals, because }) => (
          <div key={name}>
            <dt>
              {name.replaceAll('_', ' ')} <span className={classes.note}>{category}</span>
            </dt>
            <dd>
              {because[0]}
              <span className={classes.note}>{goals.join(', then ')}</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
