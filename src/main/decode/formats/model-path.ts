import { geminiMethod, percentDecoded } from './gemini-fields.js';

/** The model that a URL names, of whichever vendor; at most 256 characters. */
export function modelOfUrl(url: string): string | undefined {
  const path = (url.slice(0, 4096).split(/[?#]/, 1)[0] as string).replace(/\/$/, '');
  return (geminiMethod(path)?.model ?? bedrockModel(path) ?? vertexModel(path))?.slice(0, 256);
}

/** The model of a Bedrock URL: `/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke`; an ARN may stand there too. */
export function bedrockModel(path: string): string | undefined {
  const model = /\/model\/([^/]{1,512})\/(?:invoke|invoke-with-response-stream|converse|converse-stream)$/.exec(
    path,
  )?.[1];
  return model === undefined ? undefined : percentDecoded(model);
}

/** The model of a Vertex URL: `…/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict`. */
export function vertexModel(path: string): string | undefined {
  const model = /\/models\/([^/:]{1,256}):(?:rawPredict|streamRawPredict)$/.exec(path)?.[1];
  return model === undefined || model === 'count-tokens' ? undefined : percentDecoded(model);
}

/** The deployment of an Azure URL, which stands for the model: `/openai/deployments/NAME/chat/completions`. */
export function azureDeployment(path: string): string | undefined {
  const name = /\/openai\/deployments\/([^/]{1,256})\//.exec(path.slice(0, 2048))?.[1];
  return name === undefined ? undefined : percentDecoded(name);
}
