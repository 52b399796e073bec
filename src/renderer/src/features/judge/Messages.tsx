import { RedactedText } from '../../components/RedactedText.js';
import classes from './judge.module.css';

/** A prompt, message by message, as text. */
export function Messages({ messages }: { messages: readonly { role: string; content: string }[] }) {
  return (
    <ol className={classes.messages}>
      {messages.map(({ role, content }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the messages of one fixed prompt
        <li key={at}>
          <h4>{role}</h4>
          <pre tabIndex={0}>
            <RedactedText text={content} />
          </pre>
        </li>
      ))}
    </ol>
  );
}
