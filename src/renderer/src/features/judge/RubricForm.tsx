import { Button, Checkbox, NativeSelect, NumberInput, Textarea, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type Rubric, type RubricDimension, rubricParts } from '../../../../shared/model/index.js';
import { AnchorFields } from './AnchorFields.js';
import classes from './judge.module.css';

interface Props {
  rubric: Rubric;
  /** It comes along: shown, not changed. */
  locked: boolean;
  onChange(rubric: Rubric): void;
}

const partWords: Record<(typeof rubricParts)[number], string> = {
  task: 'Task',
  reasoning: 'Reasoning',
  messages: 'Messages',
  tool_calls: 'Tool calls',
  tool_results: 'Tool results',
  decisions: 'Decisions',
  edits: 'Edits',
  tests: 'Results of tests',
  errors: 'Errors',
};

/** A rubric, field by field. */
export function RubricForm({ rubric, locked, onChange }: Props) {
  const set = (patch: Partial<Rubric>) => onChange({ ...rubric, ...patch });
  const number = (field: 'accept_from' | 'most_chars' | 'step_chars' | 'timeout_s' | 'most_tokens') => ({
    value: rubric[field],
    onChange: (value: number | string) => typeof value === 'number' && set({ [field]: value }),
  });
  return (
    <fieldset disabled={locked} className={classes.rubricForm} aria-label="Rubric">
      <TextInput
        label="Id"
        description="Small letters, digits and dashes."
        value={rubric.id}
        onChange={(event) => set({ id: event.currentTarget.value })}
      />
      <TextInput
        label="Version"
        description="A change takes a new one."
        value={rubric.version}
        onChange={(event) => set({ version: event.currentTarget.value })}
      />
      <TextInput label="Title" value={rubric.title} onChange={(event) => set({ title: event.currentTarget.value })} />
      <NativeSelect
        label="What is asked"
        value={rubric.task}
        onChange={(event) =>
          set(
            event.currentTarget.value === 'steps'
              ? { task: 'steps', dimensions: [] }
              : {
                  task: 'dimensions',
                  dimensions: rubric.dimensions.length > 0 ? rubric.dimensions : [emptyDimension(1)],
                },
          )
        }
        data={[
          { value: 'dimensions', label: 'A value for each dimension' },
          { value: 'steps', label: 'Each step: right or wrong' },
        ]}
      />
      <div className={classes.wide}>
        <Textarea
          label="Description"
          autosize
          minRows={1}
          maxRows={4}
          value={rubric.description}
          onChange={(event) => set({ description: event.currentTarget.value })}
        />
      </div>
      <div className={classes.wide}>
        <Textarea
          label="Instructions"
          description="Said to the judge before anything else."
          autosize
          minRows={3}
          maxRows={12}
          value={rubric.instructions}
          onChange={(event) => set({ instructions: event.currentTarget.value })}
        />
      </div>
      <div className={classes.wide}>
        <Checkbox.Group
          label="The judge sees"
          value={rubric.sees}
          onChange={(value) => set({ sees: rubricParts.filter((part) => value.includes(part)) })}
        >
          <div className={classes.parts}>
            {rubricParts.map((part) => (
              <Checkbox key={part} value={part} label={partWords[part]} disabled={locked} />
            ))}
          </div>
        </Checkbox.Group>
      </div>
      {rubric.task === 'dimensions' && (
        <div className={classes.wide}>
          <h3>Dimensions</h3>
          {rubric.dimensions.map((dimension, at) => (
            <DimensionFields
              // biome-ignore lint/suspicious/noArrayIndexKey: a dimension's id is what is being typed
              key={at}
              dimension={dimension}
              number={at + 1}
              onChange={(next) =>
                set({ dimensions: rubric.dimensions.map((each, place) => (place === at ? next : each)) })
              }
              onRemove={
                rubric.dimensions.length > 1
                  ? () => set({ dimensions: rubric.dimensions.filter((_, place) => place !== at) })
                  : null
              }
            />
          ))}
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<IconPlus size={13} />}
            onClick={() => set({ dimensions: [...rubric.dimensions, emptyDimension(rubric.dimensions.length + 1)] })}
          >
            Add a dimension
          </Button>
        </div>
      )}
      <NativeSelect
        label="The score is"
        value={rubric.combine}
        onChange={(event) => set({ combine: event.currentTarget.value === 'mean' ? 'mean' : 'sum' })}
        data={[
          { value: 'sum', label: 'the sum of the dimensions' },
          { value: 'mean', label: 'their weighted mean' },
        ]}
      />
      <NumberInput
        label="Accepted from"
        description="Share of the scale, 0 to 1."
        min={0}
        max={1}
        step={0.05}
        {...number('accept_from')}
      />
      <NumberInput
        label="Characters of a trace, at most"
        min={1000}
        max={2_000_000}
        step={1000}
        {...number('most_chars')}
      />
      <NumberInput label="Characters of a step, at most" min={200} max={200_000} step={500} {...number('step_chars')} />
      <NumberInput
        label="Temperature"
        description="Empty: none is sent."
        min={0}
        max={2}
        step={0.1}
        value={rubric.temperature ?? ''}
        onChange={(value) => set({ temperature: typeof value === 'number' ? value : null })}
      />
      <NumberInput label="Seconds for an answer" min={1} max={600} {...number('timeout_s')} />
      <NumberInput label="Tokens of an answer" min={64} max={32_000} step={100} {...number('most_tokens')} />
    </fieldset>
  );
}

function emptyDimension(n: number): RubricDimension {
  return {
    id: `dimension_${n}`,
    title: `Dimension ${n}`,
    question: 'What is asked?',
    min: 0,
    max: 1,
    weight: 1,
    anchors: {},
  };
}

interface DimensionProps {
  dimension: RubricDimension;
  number: number;
  onChange(dimension: RubricDimension): void;
  /** Null where it is the only one. */
  onRemove: (() => void) | null;
}

function DimensionFields({ dimension, number, onChange, onRemove }: DimensionProps) {
  const set = (patch: Partial<RubricDimension>) => onChange({ ...dimension, ...patch });
  const value = (field: 'min' | 'max' | 'weight') => ({
    value: dimension[field],
    onChange: (next: number | string) => typeof next === 'number' && set({ [field]: next }),
  });
  return (
    <fieldset className={classes.dimension}>
      <legend>{dimension.title || `Dimension ${number}`}</legend>
      <TextInput label="Id" value={dimension.id} onChange={(event) => set({ id: event.currentTarget.value })} />
      <TextInput
        label="Title"
        value={dimension.title}
        onChange={(event) => set({ title: event.currentTarget.value })}
      />
      <div className={classes.wide}>
        <Textarea
          label="Question"
          autosize
          minRows={1}
          maxRows={4}
          value={dimension.question}
          onChange={(event) => set({ question: event.currentTarget.value })}
        />
      </div>
      <div className={`${classes.wide} ${classes.three}`}>
        <NumberInput label="From" {...value('min')} />
        <NumberInput label="To" {...value('max')} />
        <NumberInput label="Weight" min={0.01} max={100} {...value('weight')} />
      </div>
      <AnchorFields dimension={dimension} onChange={(anchors) => set({ anchors })} />
      {onRemove && (
        <Button variant="default" size="compact-xs" onClick={onRemove} className={classes.left}>
          Remove this dimension
        </Button>
      )}
    </fieldset>
  );
}
