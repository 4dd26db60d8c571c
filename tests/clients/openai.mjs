// OpenAI's own client against a server: node openai.mjs <address> <model> <scenario>; prints what came back as one JSON object.
import { readFile } from 'node:fs/promises';
import OpenAI from 'openai';

const [address, model, scenario] = process.argv.slice(2);
const client = new OpenAI({ baseURL: new URL('/v1', address).href, apiKey: 'unused', maxRetries: 0 });
const picture = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR4nGP4z8AARwzEcQCukw/x0F8jngAAAABJRU5ErkJggg==';
const question = { role: 'user', content: 'what is it' };
const seen = { role: 'user', content: [{ type: 'text', text: 'what is it' }, { type: 'image_url', image_url: { url: picture } }] };
const weather = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'Tells the weather.',
    parameters: { type: 'object', required: ['city'], additionalProperties: false, properties: { city: { type: 'string', enum: ['Rome', 'Paris'] } } },
    strict: true,
  },
};
const schema = {
  type: 'object', required: ['colour', 'count'], additionalProperties: false,
  properties: { colour: { enum: ['red', 'blue'] }, count: { type: 'integer', minimum: 1, maximum: 9 } },
};
const brief = { max_tokens: 8, temperature: 0 };

const scenarios = {
  async chat() {
    const answer = await client.chat.completions.create({ model, messages: [question], ...brief });
    return { content: answer.choices[0].message.content, reason: answer.choices[0].finish_reason, tokens: answer.usage.completion_tokens, object: answer.object };
  },
  async stream() {
    let content = '', chunks = 0, reason, usage, ids = new Set();
    for await (const chunk of await client.chat.completions.create({ model, messages: [question], ...brief, stream: true, stream_options: { include_usage: true } })) {
      content += chunk.choices[0]?.delta?.content ?? '';
      reason = chunk.choices[0]?.finish_reason ?? reason;
      usage = chunk.usage ?? usage;
      ids.add(chunk.id);
      chunks++;
    }
    return { content, chunks, reason, tokens: usage.completion_tokens, ids: ids.size };
  },
  async describe() {
    const url = `data:image/png;base64,${(await readFile('../../docs/images/example.png')).toString('base64')}`;
    const content = [{ type: 'text', text: 'Please describe this image.' }, { type: 'image_url', image_url: { url } }];
    const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content }], temperature: 0 });
    return { content: answer.choices[0].message.content };
  },
  async image() {
    const answer = await client.chat.completions.create({ model, messages: [seen], ...brief });
    return { content: answer.choices[0].message.content, promptTokens: answer.usage.prompt_tokens };
  },
  async turns() {
    const first = await client.chat.completions.create({ model, messages: [seen], ...brief });
    const second = await client.chat.completions.create({ model, messages: [seen, first.choices[0].message, { role: 'user', content: 'is it big' }], ...brief });
    return {
      first: first.choices[0].message.content, second: second.choices[0].message.content,
      firstTokens: first.usage.prompt_tokens, secondTokens: second.usage.prompt_tokens, cached: second.usage.prompt_tokens_details.cached_tokens,
    };
  },
  async tools() {
    const messages = [question];
    const asked = await client.chat.completions.create({ model, messages, tools: [weather], tool_choice: { type: 'function', function: { name: 'weather' } }, temperature: 0 });
    const { message, finish_reason: reason } = asked.choices[0];
    messages.push(message, { role: 'tool', tool_call_id: message.tool_calls[0].id, content: '{"degrees": 7}' });
    const answer = await client.chat.completions.create({ model, messages, tools: [weather], ...brief });
    const call = message.tool_calls[0].function;
    return { name: call.name, arguments: JSON.parse(call.arguments), content: message.content, reason, final: answer.choices[0].finish_reason };
  },
  async toolsStream() {
    // The client's own assembler of streamed calls.
    const runner = client.chat.completions.stream({ model, messages: [question], tools: [weather] });
    const { message, finish_reason: reason } = (await runner.finalChatCompletion()).choices[0];
    return { content: message.content, calls: (message.tool_calls ?? []).map((call) => ({ name: call.function.name, arguments: JSON.parse(call.function.arguments) })), reason };
  },
  async structured() {
    const answer = await client.chat.completions.create({ model, messages: [question], response_format: { type: 'json_schema', json_schema: { name: 'thing', strict: true, schema } } });
    return JSON.parse(answer.choices[0].message.content);
  },
  async logprobs() {
    const answer = await client.chat.completions.create({ model, messages: [question], ...brief, logprobs: true, top_logprobs: 2 });
    const content = answer.choices[0].logprobs.content;
    return { tokens: content.length, top: content[0].top_logprobs.length, logprob: content[0].logprob };
  },
  async embed() {
    const answer = await client.embeddings.create({ model, input: ['a', 'b'] });
    return { count: answer.data.length, width: answer.data[0].embedding.length, first: answer.data[0].embedding[0] };
  },
  async abort() {
    let chunks = 0;
    const stream = await client.chat.completions.create({ model, messages: [question], stream: true });
    for await (const chunk of stream) {
      if (++chunks === 1)
        stream.controller.abort();
    }
    const answer = await client.chat.completions.create({ model, messages: [question], max_tokens: 1 });
    return { chunks, next: answer.choices.length === 1 };
  },
  async error() {
    try {
      await client.chat.completions.create({ model: 'nobody', messages: [question] });
      return {};
    } catch (error) {
      return { status: error.status, message: error.message, type: error.type };
    }
  },
  async completion() {
    const answer = await client.completions.create({ model, prompt: 'what is it', ...brief });
    return { content: answer.choices[0].text, object: answer.object };
  },
  async models() {
    const names = [];
    for await (const entry of client.models.list())
      names.push(entry.id);
    return { names };
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
