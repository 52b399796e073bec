import * as z from 'zod';
import { ratedSteps } from './axolotl-stepwise.js';
import type { ExampleLayout } from './layout.js';
import { answerText, transcript } from './turn-texts.js';
import { fitting, splitTurns } from './turns.js';

const rating = z.union([z.literal(-1), z.literal(0), z.literal(1)]);
const row = z.object({
  labeler: z.null().describe('Nobody: who rated is not told'),
  timestamp: z.string().nullable().describe('When the answer was given; null where its source told no times'),
  generation: z.null().describe('Of no round of generation'),
  is_quality_control_question: z.literal(false).describe('No control question'),
  is_initial_screening_question: z.literal(false).describe('No screening question'),
  question: z
    .object({
      problem: z.string(),
      ground_truth_solution: z.null(),
      ground_truth_answer: z.null(),
      pre_generated_steps: z.array(z.string()),
      pre_generated_answer: z.string(),
      pre_generated_verifier_score: z.null(),
    })
    .describe('What was asked, and the steps and answer of the model'),
  label: z
    .object({
      steps: z.array(
        z.object({
          completions: z.array(z.object({ text: z.string(), rating, flagged: z.literal(false) })),
          human_completion: z
            .object({
              text: z.string(),
              rating: z.null(),
              source: z.literal('human'),
              flagged: z.literal(false),
              corrected_rating: z.null(),
            })
            .nullable(),
          chosen_completion: z.literal(0).nullable(),
        }),
      ),
      total_time: z.null(),
      finish_reason: z.enum(['solution', 'found_error', 'give_up']),
    })
    .describe('Each step with its rating, and a better one where somebody gave it'),
});

/** The shape of OpenAI’s PRM800K (github.com/openai/prm800k): what is not known there is null here. */
export const prm800k = {
  id: 'prm800k',
  title: 'PRM800K',
  description: 'One row per answer whose steps were rated, in the shape of PRM800K.',
  of: 'examples',
  package: 'process-supervision',
  needs: ['steps'],
  consent: 'beside',
  row,
  *rows(example) {
    yield* fitting(function* () {
      const { prompt, expected } = splitTurns(example, 'strip');
      const all = example.steps ?? [];
      const steps = ratedSteps(all);
      const wrong = steps.some((step) => step.rating === -1);
      const answer = expected.findLast((turn) => turn.role === 'assistant');
      yield {
        labeler: null,
        timestamp: example.call.started_at,
        generation: null,
        is_quality_control_question: false as const,
        is_initial_screening_question: false as const,
        question: {
          problem: transcript(prompt),
          ground_truth_solution: null,
          ground_truth_answer: null,
          pre_generated_steps: all.map(({ text }) => text),
          pre_generated_answer: answer === undefined ? '' : answerText(answer),
          pre_generated_verifier_score: null,
        },
        label: {
          steps: steps.map(({ text, rating, better }) => ({
            completions: [{ text, rating, flagged: false as const }],
            human_completion:
              better === undefined
                ? null
                : {
                    text: better,
                    rating: null,
                    source: 'human' as const,
                    flagged: false as const,
                    corrected_rating: null,
                  },
            chosen_completion: rating === -1 ? null : (0 as const),
          })),
          total_time: null,
          // Rated to the end without a wrong step is a solution; one that stops short gave up.
          finish_reason: wrong
            ? ('found_error' as const)
            : steps.length === all.length
              ? ('solution' as const)
              : ('give_up' as const),
        },
      };
    });
  },
} satisfies ExampleLayout<typeof row>;
