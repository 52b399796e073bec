/** The text of a data file, built in. */
declare module '*.yaml?raw' {
  const text: string;
  export default text;
}
