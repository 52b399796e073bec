import { Button, Rating, TagsInput, Textarea, UnstyledButton } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, type RefObject, useState } from 'react';
import type { ItemDecision, QueueItem } from '../../../../shared/model/index.js';
import { Kbd } from '../../components/Kbd.js';
import { Notice } from '../../components/Notice.js';
import { keyHint } from '../../navigation/shortcuts.js';
import { trpc } from '../../rpc/client.js';
import { AboutItem } from './AboutItem.js';
import { Dispute } from './Dispute.js';
import classes from './queues.module.css';
import { SuggestedList } from './SuggestedList.js';
import type { Suggested } from './use-suggested.js';
import type { QueueWork } from './work.js';

interface Props {
  work: QueueWork;
  item: QueueItem;
  draft: ItemDecision;
  outdated: boolean;
  /** Of the trace as it is now; null until it is known. */
  revision: number | null;
  suggested: Suggested;
  noteField: RefObject<HTMLTextAreaElement | null>;
  tagsField: RefObject<HTMLInputElement | null>;
  onLeaveField(): void;
}

const maxNote = 20_000;

/** What is said of the item: label, rating, tags, note; every control names its key. */
export function DecisionPanel(props: Props) {
  const { work, item, draft, outdated, revision, suggested, noteField, tagsField, onLeaveField } = props;
  const open = item.state === 'assigned' && work.isMine(item);
  const press = (run: () => void) => () => work.keys.press(run);
  const ghost = (field: string) => (open ? suggested.all.find((each) => each.field === field)?.value : undefined);
  const ghostLabel = draft.label === null ? ghost('label') : undefined;
  const ghostRating = draft.rating === null ? ghost('rating') : undefined;

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const submits = event.key === 'Enter' && (event.ctrlKey || event.metaKey);
    if (event.key !== 'Escape' && !submits) return;
    event.preventDefault();
    event.stopPropagation();
    // What stands in the field is said by leaving it.
    onLeaveField();
    if (submits) work.keys.press(() => work.submit());
  };

  return (
    <aside className={classes.panel} aria-label="Decision">
      <header className={classes.foot}>
        {open ? (
          <>
            <Button
              className={classes.submit}
              onClick={press(() => work.submit())}
              rightSection={<Kbd small>{keyHint('queue.submit')}</Kbd>}
            >
              Submit
            </Button>
            <Button
              variant="default"
              onClick={press(() => work.skip())}
              rightSection={<Kbd small>{keyHint('queue.skip')}</Kbd>}
            >
              Skip
            </Button>
          </>
        ) : (
          <Button
            className={classes.submit}
            disabled={!work.isMine(item)}
            onClick={press(() => work.reopen())}
            rightSection={<Kbd small>{keyHint('queue.reopen')}</Kbd>}
          >
            Open again
          </Button>
        )}
        <span className={classes.walk}>
          <Button
            variant="default"
            onClick={press(() => work.previous())}
            rightSection={<Kbd small>{keyHint('queue.previous')}</Kbd>}
          >
            Prev
          </Button>
          <Button
            variant="default"
            onClick={press(() => work.next())}
            rightSection={<Kbd small>{keyHint('queue.next')}</Kbd>}
          >
            Next
          </Button>
        </span>
      </header>
      <div className={classes.decision}>
        <BeforeDeciding item={item} outdated={outdated} revision={revision} open={open} />
        {item.disputed && <Dispute work={work} item={item} />}
        <fieldset className={classes.labels} disabled={!open}>
          <legend className="sr-only">Label</legend>
          {(['accepted', 'rejected'] as const).map((label) => (
            <UnstyledButton
              key={label}
              className={classes.label}
              data-label={label}
              data-suggested={ghostLabel === label || undefined}
              aria-pressed={draft.label === label}
              onClick={press(() => work.say({ label: draft.label === label ? null : label }))}
            >
              {label === 'accepted' ? <IconCheck size={15} aria-hidden /> : <IconX size={15} aria-hidden />}
              {label === 'accepted' ? 'Accept' : 'Reject'}
              {ghostLabel === label && <span className={classes.ghost}>suggested</span>}
              <Kbd small>{keyHint(label === 'accepted' ? 'review.accept' : 'review.reject')}</Kbd>
            </UnstyledButton>
          ))}
        </fieldset>
        <div className={classes.row}>
          <span className={classes.rowName}>Rating</span>
          <Rating
            value={draft.rating ?? 0}
            readOnly={!open}
            {...(!open && { role: 'img' })}
            aria-label={open ? 'Rating' : `Rating: ${draft.rating ?? 'none'}`}
            getSymbolLabel={(value) => `${value} of 5`}
            onChange={(value) => work.keys.press(() => work.say({ rating: value }))}
          />
          <span className="num">
            {draft.rating === null ? (
              <span className={classes.ghost}>{ghostRating === undefined ? 'none' : `suggested: ${ghostRating}`}</span>
            ) : (
              `${draft.rating} of 5`
            )}
          </span>
          <span className={classes.keys}>
            <Kbd small>1–5</Kbd>
          </span>
        </div>
        <Tags
          draft={draft}
          open={open}
          field={tagsField}
          onKeyDown={onKeyDown}
          onChange={(tags) => work.say({ tags })}
        />
        <div>
          <div className={classes.row}>
            <label className={classes.rowName} htmlFor="queue-note">
              Note
            </label>
            <span className={classes.keys}>
              <Kbd small>{keyHint('review.note')}</Kbd>
            </span>
          </div>
          <Textarea
            id="queue-note"
            ref={noteField}
            placeholder={open ? 'What should a reader of this trace know?' : ''}
            autosize
            minRows={3}
            maxRows={10}
            maxLength={maxNote}
            readOnly={!open}
            value={draft.note}
            onKeyDown={onKeyDown}
            onBlur={() => work.leaveNote()}
            onChange={(event) => work.say({ note: event.currentTarget.value }, { typed: true })}
          />
        </div>
        {open && <SuggestedList suggested={suggested} onTakeOver={press(suggested.takeOver)} />}
        <AboutItem work={work} item={item} />
      </div>
    </aside>
  );
}

/** What one must know before deciding. */
function BeforeDeciding({
  item,
  outdated,
  revision,
  open,
}: Pick<Props, 'item' | 'outdated' | 'revision'> & { open: boolean }) {
  const grown = item.stale || (item.trace_revision !== null && revision !== null && revision > item.trace_revision);
  if (item.hidden) {
    return <Notice tone="gray" title="Its decision is hidden from you until you have decided it yourself." />;
  }
  if (grown) {
    return (
      <Notice
        tone="amber"
        title="The trace has changed since this was decided."
        next={`${keyHint('queue.reopen')} opens the item again.`}
      />
    );
  }
  if (outdated) {
    return (
      <Notice
        tone="amber"
        title="The trace has changed since its review was written."
        next="What is filled in below was said of an earlier state: look again, then submit."
      />
    );
  }
  if (open && item.blind) {
    return (
      <Notice
        tone="gray"
        title={item.pass === 'second' ? 'A second review, blind.' : 'You have seen this one before.'}
        next="What was said of it before is not shown."
      />
    );
  }
  return null;
}

interface TagsProps {
  draft: ItemDecision;
  open: boolean;
  field: RefObject<HTMLInputElement | null>;
  onKeyDown(event: KeyboardEvent<HTMLElement>): void;
  onChange(tags: string[]): void;
}

function Tags({ draft, open, field, onKeyDown, onChange }: TagsProps) {
  const [search, setSearch] = useState('');
  const tagValues = useQuery(
    trpc.query.values.queryOptions(
      { scope: 'traces', field: 'tag', prefix: search },
      { enabled: search !== '', placeholderData: keepPreviousData },
    ),
  );
  const clean = (tags: string[]) =>
    [...new Set(tags.map((tag) => tag.trim().slice(0, 64)))].filter((tag) => tag !== '');
  return (
    <div>
      <div className={classes.row}>
        {open ? (
          <label className={classes.rowName} htmlFor="queue-tags">
            Tags
          </label>
        ) : (
          <span className={classes.rowName}>Tags</span>
        )}
        <span className={classes.keys}>
          <Kbd small>{keyHint('review.tags')}</Kbd>
        </span>
      </div>
      {open ? (
        <TagsInput
          id="queue-tags"
          ref={field}
          value={draft.tags}
          placeholder={draft.tags.length === 0 ? 'Enter adds one, Esc leaves' : ''}
          onChange={(tags) => onChange(clean(tags).slice(0, 64))}
          searchValue={search}
          onSearchChange={setSearch}
          onKeyDown={onKeyDown}
          data={search === '' ? [] : (tagValues.data ?? []).map(({ value }) => value)}
          maxTags={64}
          maxLength={64}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
      ) : (
        <p className={classes.given}>{draft.tags.join(', ') || 'none'}</p>
      )}
    </div>
  );
}
