import { describe, expect, it } from 'vitest';
import { characters, redactor } from '../support.js';

const redact = redactor();
const kept = (text: string) => expect(redact.text(text).text).toBe(text);
const hidden = (text: string, value: string) =>
  expect([text, redact.text(text).text.includes(value)]).toEqual([text, false]);

describe('listings and code', () => {
  it('have no password in the number of a line, in whichever listing', () => {
    for (const text of [
      'asks for the password:\n  31→    return ask()\n  32→',
      '  30\tpassword:\n  31\t  return ask()\n',
      '30:  if not password:\n31:    raise Denied()\n',
      'def login(password):\n  120 | token:\n  121 | return None',
      'src/login.py:30:    password:\nsrc/login.py-31-    pass\n',
      'The manual says of the password:\n\nIt is long.',
      'they typed the token:\n\n---\nnext page',
    ])
      kept(text);
  });

  it('have none in types, subscripts, patterns and placeholders', () => {
    for (const text of [
      'def moor(token: str, api_key: Optional[str] = None, secret: dict[str, Any] | None = None) -> None:',
      'class Berth:\n    password: Annotated[str, Field(min_length=8)]\n    token: contextvars.Token[Tide]\n',
      'const password = form["password"], token = os.environ["TOKEN"];',
      'if (password[i] !== other[i]) return tokens[index];',
      'let secret: Arc<Mutex<Option<Secret>>> = Default::default();',
      'interface Login { password?: string; apiKey: Promise<string>; token: string[] }',
      'fn open(token: &str, password: &mut String, key: [u8; 32]) {}',
      'func Open(password string, secretKey []byte) error {',
      'private Map<String, Token> tokens; val password: String? = null',
      'expectType<Ship<typeof connectionString>>().toEqual<string>();',
      'cookie.get::<AccessToken>(TOKEN_NAME)?;',
      'Failure::BadCredentials => (Status::DENIED, "no"),',
      'postgres://<user>:<password>@db.example.com/tide',
      'The --master-password option and the --api-token flag are required.',
      'db_password: ENC[AES256_GCM,data:x7+1aa==,iv:Q1/ab,type:str]',
      '"token": "keyword.operator.tide"',
      '"pgpass": "1.x"',
    ])
      kept(text);
  });

  it('keep what is a secret in them hidden', () => {
    const value = characters('base62', 20, 3);
    for (const text of [
      `password: str = "${value}"`,
      `val token: String = "${value}"`,
      `api_key: Optional[str] = "${value}"`,
      `var serviceToken string = "${value}"`,
      `let token: &'static str = "${value}";`,
      `os.environ["TOKEN"] = "${value}"`,
      `12: password = ${value}`,
      `  12\tpassword = ${value}`,
      `src/a.env:12:API_TOKEN=${value}`,
      `password:\n  ${value}\n`,
      `<password>${value}</password>`,
      `tide --password ${value} --verbose`,
      `{ "token" => "${value}" }`,
    ])
      hidden(text, value);
  });

  it('have vendors only where they are words of a name', () => {
    const value = characters('base62', 42, 5);
    kept(`bookTally = ${value}`);
    hidden(`OKTA_API_TOKEN = ${value}`, value);
    hidden(`oktaToken = ${value}`, value);
  });

  it('have no addresses in decorators, slugs and columns of streets', () => {
    kept('it goes there through@harbour.tool\nand back');
    kept('see https://example.org/notes-week-27-08-31-03-09-05/ for more');
    kept('| Street | Canal |\n|--------|-------|\n| Kerb | Quay |\n| Lamp | Buoy |\n');
    hidden('| Street | City |\n|---|---|\n| 14 Hollow Lane | Leeds |\n', '14 Hollow Lane');
  });
});

describe('numbers and names of machines', () => {
  it('are no telephones, coordinates, cards, keys or accounts', () => {
    for (const text of [
      'tide[311]: [0804/151733:WARN] slow',
      'tide.log 2031-02-11 00:07:01.412 31877 INFO moored',
      '<path d="m 41.20391,-6.33817 c 0.51234,2.991823 6.10234,5.11238 4.2,0"/>',
      'dropping block blk_-4380385204018751771 of /mnt/a',
      `<img src="./img/vipul-${'39d2c06fc5a30f0ad895ca43a43d509e219778a8'}.png">`,
      'Mozambique 24925',
      'GET /users/new HTTP/1.1',
    ])
      kept(text);
    hidden('GET /home/mbauer HTTP/1.1', 'mbauer');
    hidden('patientMrn: 48213377', '48213377');
  });
});

describe('words with a capital that are nobody', () => {
  it('pronouns and first words of sentences, in many languages', () => {
    for (const text of [
      'Danach können Sie Ihre Datei öffnen. Wenn Sie Fragen haben, lesen Sie die Anleitung.',
      'Ela é rápida. Ela funciona bem. Você pode abrir o arquivo.',
      'Pero esto no funciona. Ella abre el archivo. Cuando termina, se cierra.',
      'Elle ouvre le fichier. Il est fermé. Vous pouvez le lire.',
      'Lei apre il file. Loro lo leggono. Quando è chiuso, va bene.',
      'Zij opent het bestand. Hij leest het. Wij sluiten het.',
      'Ona otwiera plik. On go czyta. Kiedy jest zamknięty, jest dobrze.',
    ])
      kept(text);
  });

  it('but who has such a name is hidden with the surname', () => {
    hidden('The contract was signed by Ela Kowalska yesterday.', 'Kowalska');
    hidden('my colleague Rajesh Das said that it works', 'Rajesh');
  });
});
