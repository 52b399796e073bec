import { describe, expect, it } from 'vitest';
import { redactor } from '../support.js';

const redact = redactor();
const shown = (text: string, by = redact) => by.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

describe('what columns say', () => {
  const password = ['Tr0ub', '4dor'].join('');
  it.each([
    [`id,password,state\n1,${password},open\n`, 'id,password,state\n1,<PASSWORD>,open\n'],
    [`id;"password"\n1;"${password}"\n2;\n`, 'id;"password"\n1;"<PASSWORD>"\n2;\n'],
    ['id\tdob\r\n1\t1984-03-07\r\n', 'id\tdob\r\n1\t<DATE_OF_BIRTH>\r\n'],
    ['see:\nid,mrn\n7,P8416425\n\nend', 'see:\nid,mrn\n7,<HEALTH_ID>\n\nend'],
    ['| id | dob |\n|---|---|\n| 1 | 1984-03-07 |\n', '| id | dob |\n|---|---|\n| 1 | <DATE_OF_BIRTH> |\n'],
    ['id,first_name\n1,"Roe, ""J"" Jane"\n2,Ana\n', 'id,first_name\n1,"Roe, ""J"" Jane"\n2,<PERSON>\n'],
  ])('%j', (text, expected) => expect(shown(text)).toBe(expected));

  it.each([
    'username, password\nplease, now\n',
    'import {\n  password,\n  token,\n} from "x";\n',
    '| password | state |\n| a | b |\n',
    'id,dob\n1,2,3\n',
  ])('leaves alone: %j', (text) => expect(shown(text)).toBe(text));
});
