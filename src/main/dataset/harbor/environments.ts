/** What a repository's tests need, by the command that runs them: the first rule that fits. */
interface Environment {
  command: RegExp;
  image: string;
  /** One line of a shell that installs what the repository names itself. */
  install: string | null;
}

const environments: readonly Environment[] = [
  {
    command: /\b(?:pytest|unittest|python3?|tox|uv|poetry)\b/,
    image: 'python:3.12-bookworm',
    install:
      'pip install --no-cache-dir pytest; if [ -f requirements.txt ]; then pip install --no-cache-dir -r requirements.txt; fi; if [ -f pyproject.toml ] || [ -f setup.py ]; then pip install --no-cache-dir -e .; fi',
  },
  {
    command: /\b(?:npm|npx|pnpm|yarn|node|jest|vitest|mocha)\b/,
    image: 'node:22-bookworm',
    install:
      'if [ -f package-lock.json ]; then npm ci; elif [ -f pnpm-lock.yaml ] || [ -f yarn.lock ]; then corepack enable && $( [ -f yarn.lock ] && echo yarn || echo pnpm ) install; elif [ -f package.json ]; then npm install; fi',
  },
  { command: /\bbun\b/, image: 'oven/bun:1', install: 'bun install' },
  { command: /\bgo test\b/, image: 'golang:1-bookworm', install: 'go mod download' },
  { command: /\bcargo\b/, image: 'rust:1-bookworm', install: 'cargo fetch' },
  { command: /\bmvn\b/, image: 'maven:3-eclipse-temurin-21', install: null },
  { command: /\bgradlew?\b/, image: 'eclipse-temurin:21-jdk', install: null },
  { command: /\b(?:rspec|bundle|rake)\b/, image: 'ruby:3-bookworm', install: 'bundle install' },
  { command: /\bphpunit\b/, image: 'composer:2', install: 'composer install' },
  { command: /\bdotnet\b/, image: 'mcr.microsoft.com/dotnet/sdk:9.0', install: 'dotnet restore' },
];
const plain: Environment = { command: /^/, image: 'buildpack-deps:bookworm', install: null };

export function environmentOf(testCommand: string): Environment {
  return environments.find(({ command }) => command.test(testCommand)) ?? plain;
}
