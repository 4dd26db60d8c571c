// Ollama's own client against a server: node ollama.mjs <address> <model> <scenario>; prints what came back as one JSON object.
import { readFile } from 'node:fs/promises';
import { Ollama } from 'ollama';

const [address, model, scenario] = process.argv.slice(2);
const ollama = new Ollama({ host: address });
const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAQAAAAECAIAAAAmkwkpAAAAEElEQVR4nGP4z8AARwzEcQCukw/x0F8jngAAAABJRU5ErkJggg==';
const question = { role: 'user', content: 'what is it' };
const weather = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'Tells the weather.',
    parameters: { type: 'object', required: ['city'], properties: { city: { type: 'string', enum: ['Rome', 'Paris'] } } },
  },
};
const schema = { type: 'object', properties: { colour: { enum: ['red', 'blue'] }, count: { type: 'integer', minimum: 1, maximum: 9 } }, required: ['colour', 'count'] };
const brief = { num_predict: 8, temperature: 0 };

const scenarios = {
  async chat() {
    const answer = await ollama.chat({ model, messages: [question], options: brief });
    return { content: answer.message.content, role: answer.message.role, done: answer.done, reason: answer.done_reason, tokens: answer.eval_count, createdAt: answer.created_at };
  },
  async stream() {
    let content = '', chunks = 0, last;
    for await (const part of await ollama.chat({ model, messages: [question], options: brief, stream: true })) {
      content += part.message.content;
      chunks++;
      last = part;
    }
    return { content, chunks, done: last.done, reason: last.done_reason };
  },
  async generate() {
    let content = '';
    for await (const part of await ollama.generate({ model, prompt: 'what is it', images: [picture], options: brief, stream: true }))
      content += part.response;
    return { content };
  },
  async context() {
    const first = await ollama.generate({ model, prompt: 'what is it', options: brief });
    const second = await ollama.generate({ model, prompt: 'is it big', context: first.context, options: brief });
    return { first: first.context.length, second: second.context.length, kept: first.context.every((token, index) => second.context[index] === token) };
  },
  async describe() {
    const drawing = await readFile('../../docs/images/example.png');
    const answer = await ollama.chat({ model, messages: [{ role: 'user', content: 'Please describe this image.', images: [drawing] }] });
    return { content: answer.message.content };
  },
  async image() {
    const answer = await ollama.chat({ model, messages: [{ ...question, images: [Uint8Array.from(Buffer.from(picture, 'base64'))] }], options: brief });
    return { content: answer.message.content, promptTokens: answer.prompt_eval_count };
  },
  async turns() {
    const first = await ollama.chat({ model, messages: [{ ...question, images: [picture] }], options: brief });
    const second = await ollama.chat({ model, messages: [{ ...question, images: [picture] }, first.message, { role: 'user', content: 'is it big' }], options: brief });
    return { first: first.message.content, second: second.message.content, firstTokens: first.prompt_eval_count, secondTokens: second.prompt_eval_count };
  },
  async tools() {
    const messages = [question];
    const asked = await ollama.chat({ model, messages, tools: [weather], tool_choice: 'required', options: { temperature: 0 } });
    const call = asked.message.tool_calls[0];
    messages.push(asked.message, { role: 'tool', tool_name: call.function.name, content: '{"degrees": 7}' });
    const answer = await ollama.chat({ model, messages, tools: [weather], options: brief });
    return { name: call.function.name, arguments: call.function.arguments, content: asked.message.content, final: typeof answer.message.content, reason: asked.done_reason };
  },
  async toolsStream() {
    let content = '', calls = [];
    for await (const part of await ollama.chat({ model, messages: [question], tools: [weather], stream: true })) {
      content += part.message.content;
      calls.push(...(part.message.tool_calls ?? []));
    }
    return { content, calls: calls.map((call) => call.function) };
  },
  async structured() {
    const answer = await ollama.chat({ model, messages: [question], format: schema });
    return JSON.parse(answer.message.content);
  },
  async embed() {
    const answer = await ollama.embed({ model, input: ['a', 'b'] });
    return { count: answer.embeddings.length, width: answer.embeddings[0].length, first: answer.embeddings[0][0] };
  },
  async abort() {
    let chunks = 0, name;
    try {
      const stream = await ollama.chat({ model, messages: [question], stream: true });
      for await (const part of stream) {
        if (++chunks === 1)
          stream.abort();
      }
    } catch (error) {
      name = error.name;
    }
    const answer = await ollama.chat({ model, messages: [question], options: { num_predict: 1 } });
    return { chunks, name, next: answer.done };
  },
  async error() {
    try {
      await ollama.chat({ model: 'nobody', messages: [question] });
      return {};
    } catch (error) {
      return { status: error.status_code, message: error.message };
    }
  },
  async models() {
    const [list, shown, running] = [await ollama.list(), await ollama.show({ model }), await ollama.ps()];
    return { names: list.models.map((entry) => entry.name), capabilities: shown.capabilities, running: running.models.length };
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
