"""Runs the trainers' own converters on rows and says what became of each.

Reads {trainer: [row, ...]} as JSON from stdin, writes {trainer: [verdict, ...]} to stdout. No PyTorch: what the converters
import of it and never call is replaced by an empty stand-in.
"""

import contextlib
import copy
import enum
import functools
import importlib
import importlib.util
import json
import os
import sys
import types
from unittest.mock import MagicMock

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")


def stand_in(name, **attributes):
    module = MagicMock(name=name)
    module.__path__ = []
    module.__spec__ = None
    for key, value in attributes.items():
        setattr(module, key, value)
    sys.modules[name] = module
    return module


def package(name, folder):
    """A package whose __init__ is not run."""
    module = types.ModuleType(name)
    module.__path__ = [folder]
    sys.modules[name] = module


def folder_of(name):
    return os.path.dirname(importlib.util.find_spec(name).origin)


def site():
    return os.path.dirname(folder_of("jinja2"))


class ChatMl:
    """A tokenizer as far as the converters ask it: a template, rendered as text."""

    def __init__(self):
        import jinja2

        self.template = jinja2.Environment().from_string(
            "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}{% if m['tool_calls'] %}CALLS{% endif %}<|end|>"
            "{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}"
        )

    def apply_chat_template(self, messages, tools=None, add_generation_prompt=False, **_):
        return self.template.render(messages=messages, tools=tools, add_generation_prompt=add_generation_prompt)


def verdict(run):
    try:
        return run()
    except Exception as error:  # what the trainer throws is the verdict
        return {"lost": True, "error": f"{type(error).__name__}: {error}"[:200]}


def trl(rows):
    data_utils = importlib.import_module("trl.data_utils")
    tokenizer = ChatMl()

    def run(row):
        data_utils.is_conversational(row)
        data_utils.apply_chat_template(row, tokenizer)
        return {"lost": False}

    return [verdict(lambda row=row: run(row)) for row in rows]


def llamafactory(rows):
    root = os.path.join(site(), "llamafactory")
    package("llamafactory", root)
    package("llamafactory.data", os.path.join(root, "data"))
    package("llamafactory.extras", os.path.join(root, "extras"))
    stand_in("llamafactory.extras.logging")
    converter = importlib.import_module("llamafactory.data.converter")

    def attr(row):
        sharegpt = "conversations" in row
        names = dict(
            load_from="file",
            ranking="chosen" in row,
            messages="conversations" if sharegpt else "messages",
            role_tag="from" if sharegpt else "role",
            content_tag="value" if sharegpt else "content",
            user_tag="human" if sharegpt else "user",
            assistant_tag="gpt" if sharegpt else "assistant",
            observation_tag="observation" if sharegpt else "tool",
            function_tag="function_call",
            system_tag="system",
            system="system" if "system" in row else None,
            tools="tools" if "tools" in row else None,
            chosen="chosen" if "chosen" in row else None,
            rejected="rejected" if "chosen" in row else None,
            kto_tag=None,
            images=None,
            videos=None,
            audios=None,
        )
        return types.SimpleNamespace(**names)

    def run(row):
        kind = converter.SharegptDatasetConverter if "conversations" in row else converter.OpenAIDatasetConverter
        out = kind(attr(row), types.SimpleNamespace(media_dir="."))(row)
        prompt, response = out["_prompt"], out["_response"]
        # As its processor keeps them: src/llamafactory/data/processor/supervised.py.
        lost = len(prompt) % 2 != 1 or len(response) != (2 if "chosen" in row else 1)
        return {"lost": lost, "text": json.dumps([prompt, response, out["_system"]], ensure_ascii=False)}

    return [verdict(lambda row=row: run(copy.deepcopy(row))) for row in rows]


def ms_swift(rows):
    root = os.path.join(site(), "swift")
    stand_in("modelscope")
    stand_in("modelscope.hub")
    stand_in("modelscope.hub.utils")
    stand_in("modelscope.hub.utils.utils")
    package("swift", root)
    with open(os.path.join(root, "template", "template_inputs.py")) as file:
        source = file.read()
    begin = source.index("def normalize_openai_tool_calls")
    end = source.index("\n@dataclass", begin)
    scope = {"json": json, "Messages": list}
    exec(source[begin:end], scope)

    class MaxLengthError(Exception):
        pass

    stand_in("swift.template", MaxLengthError=MaxLengthError)
    stand_in("swift.template.template_inputs", normalize_openai_tool_calls=scope["normalize_openai_tool_calls"])
    stand_in("swift.utils", TOOL_KEYS=["tools"], remove_arrow_padding=lambda tool: tool)
    path = os.path.join(root, "dataset", "preprocessor", "core.py")
    spec = importlib.util.spec_from_file_location("swift_core", path)
    core = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(core)
    processor = core.MessagesPreprocessor(traceback_limit=None)

    def run(row):
        out = processor.batched_preprocess({key: [value] for key, value in row.items()}, strict=False, ignore_max_length_error=False)
        kept = out.get("messages") or []
        return {"lost": len(kept) == 0, "text": json.dumps(kept, ensure_ascii=False)}

    return [verdict(lambda row=row: run(copy.deepcopy(row))) for row in rows]


def axolotl(rows):
    root = os.path.join(site(), "axolotl")
    package("axolotl", root)
    package("axolotl.prompt_strategies", os.path.join(root, "prompt_strategies"))
    package("axolotl.prompt_strategies.dpo", os.path.join(root, "prompt_strategies", "dpo"))
    base = type("PromptTokenizingStrategy", (), {})
    stand_in("axolotl.prompt_tokenizers", PromptTokenizingStrategy=base, IGNORE_INDEX=-100)
    stand_in("axolotl.prompters", IGNORE_TOKEN_ID=-100, Prompter=type("Prompter", (), {}))
    stand_in("axolotl.utils")
    stand_in(
        "axolotl.utils.chat_templates",
        extract_chat_template_args=lambda cfg, ds_cfg: ("x", None),
        get_chat_template=lambda **_: "x",
    )
    stand_in("axolotl.utils.dict")
    stand_in("axolotl.utils.logging")
    stand_in("axolotl.utils.schemas")
    stand_in("axolotl.utils.schemas.datasets")
    stand_in("axolotl.utils.schemas.utils", handle_legacy_message_fields_logic=lambda cfg: cfg)
    stand_in("axolotl.utils.data")
    stand_in("axolotl.utils.data.utils", is_vision_dataset=lambda keys: False)
    chat = importlib.import_module("axolotl.prompt_strategies.chat_template")
    dpo = importlib.import_module("axolotl.prompt_strategies.dpo.chat_template")
    strategy = chat.ChatTemplateStrategy.__new__(chat.ChatTemplateStrategy)
    strategy.split_thinking = False
    strategy.prompter = types.SimpleNamespace(
        message_property_mappings={"role": "role", "content": "content", "reasoning_content": "reasoning_content"},
        roles={"human": "user", "user": "user", "assistant": "assistant", "gpt": "assistant", "system": "system", "tool": "tool"},
        chat_template_msg_variables={"tool_calls", "name", "tool_call_id"},
        message_field_training="train",
        message_field_training_detail=None,
        template_thinking_key="reasoning_content",
        field_messages="messages",
        field_system="system",
        field_tools="tools",
        drop_system_message=False,
    )
    pair = dpo.default({"datasets": [{"field_messages": "prompt"}]})[0]

    def run(row):
        if "chosen" in row:
            out = pair(row, tokenizer=ChatMl())
            return {"lost": False, "text": json.dumps(out, ensure_ascii=False)}
        turns = strategy.get_conversation_thread(row)
        strategy._get_tools(row)
        learned = [turn.get("training", turn.get("role") == "assistant") for turn in turns]
        return {"lost": not any(learned), "text": json.dumps(turns, ensure_ascii=False)}

    return [verdict(lambda row=row: run(copy.deepcopy(row))) for row in rows]


class Characters(ChatMl):
    """The same with a token for each character. A conversation of nothing is no conversation, as templates in use have it."""

    pad_token_id = 0

    def apply_chat_template(self, messages, tokenize=True, return_dict=False, return_tensors=None, **asked):
        messages[0]["role"]
        text = super().apply_chat_template(messages, **asked)
        if not tokenize:
            return text
        ids = [ord(character) for character in text]
        if return_tensors is not None:
            import numpy

            ids = numpy.array([ids])
        return {"input_ids": ids, "attention_mask": ids} if return_dict else ids

    def __call__(self, text, **_):
        import numpy

        class Mask(numpy.ndarray):
            def int(self):
                return self

        return {"attention_mask": numpy.ones((1, len(text)), int).view(Mask)}


def torch_on_numpy():
    """As much of PyTorch as classes of datasets ask of it."""
    import numpy

    stand_in("transformers")
    stand_in("datasets")
    stand_in("omegaconf", ListConfig=tuple, DictConfig=dict)
    stand_in(
        "torch",
        cat=lambda parts, dim=0: numpy.concatenate(parts, axis=dim),
        concat=lambda parts, dim=0: numpy.concatenate(parts, axis=dim),
        ones_like=numpy.ones_like,
        zeros_like=numpy.zeros_like,
        arange=lambda size, **_: numpy.arange(size),
        equal=numpy.array_equal,
        tensor=lambda value, **_: numpy.array(value),
        Tensor=numpy.ndarray,
    )
    stand_in("torch.utils")
    stand_in("torch.utils.data", Dataset=object)
    stand_in("torch.nn")
    stand_in("torch.nn.functional")


def verl(rows):
    torch_on_numpy()
    root = os.path.join(site(), "verl")
    package("verl", root)
    package("verl.utils", os.path.join(root, "utils"))
    package("verl.utils.dataset", os.path.join(root, "utils", "dataset"))
    for name in ["verl.models", "verl.models.transformers", "verl.models.transformers.qwen2_vl", "verl.utils.fs"]:
        stand_in(name)
    for name in ["verl.utils.dataset.vision_utils", "verl.utils.import_utils", "verl.utils.tensordict_utils", "PIL"]:
        stand_in(name)
    for name in ["tensordict", "tensordict.tensorclass", "verl.utils.py_functional"]:
        stand_in(name)
    sys.modules["verl.utils.py_functional"].convert_nested_value_to_list_recursive = copy.deepcopy
    sys.modules["verl.utils"].hf_tokenizer = None
    sft = importlib.import_module("verl.utils.dataset.multiturn_sft_dataset")
    rl = importlib.import_module("verl.utils.dataset.rl_dataset")
    sft.print_assembled_message = lambda *_: None
    chat = importlib.import_module("verl.utils.tokenizer.chat_template")
    tokenizer = Characters()
    keys = dict(image_key="images", video_key="videos", tools_key="tools", processor=None, tokenizer=tokenizer)
    keys |= dict(apply_chat_template_kwargs={}, pad_mode="no_padding", max_length=10**9, enable_thinking=None)
    keys |= dict(enable_thinking_default=None, audio_key="audios")

    def learn(row):
        data = sft.MultiTurnSFTDataset.__new__(sft.MultiTurnSFTDataset)
        vars(data).update(keys, messages_key="messages", ignore_input_ids_mismatch=False, truncation="error")
        data.system_prompt, data.generation_prompt = chat.extract_system_prompt_and_generation(tokenizer)
        data.dataframe = types.SimpleNamespace(iloc=[types.SimpleNamespace(to_dict=lambda: row)])
        data.tools = [row["tools"]] if "tools" in row else None
        return {"lost": not data[0]["loss_mask"].any()}

    class Rows(list):
        def filter(self, keeps, **_):
            return Rows(row for row in self if keeps(row))

    def ask(row):
        data = rl.RLHFDataset.__new__(rl.RLHFDataset)
        vars(data).update(keys, prompt_key="prompt", filter_overlong_prompts=True, max_prompt_length=10**9)
        vars(data).update(tool_schemas=None, num_workers=1, need_tools_kwargs=False)
        data.dataframe = data.maybe_filter_out_long_prompts(Rows([row]))
        return {"lost": len(data) == 0, "text": json.dumps(data[0]["raw_prompt"]) if len(data) > 0 else ""}

    def run(row):
        return ask(row) if "prompt" in row else learn(row)

    with contextlib.redirect_stdout(sys.stderr):
        return [verdict(lambda row=row: run(copy.deepcopy(row))) for row in rows]


def skyrl(rows):
    with open(os.path.join(site(), "skyrl", "train", "sft_trainer.py")) as file:
        source = file.read()
    begin = source.index("@functools.lru_cache") if "@functools.lru_cache" in source else source.index("def _parse_tools_str")
    end = source.index("\n# ---", source.index("def _tokenize_chat_all_assistants"))
    kinds = enum.Enum("TrainOnWhat", ["LAST_ASSISTANT_MESSAGE", "ALL_ASSISTANT_MESSAGES"])
    scope = {"json": json, "functools": functools, "TrainOnWhat": kinds, "logger": MagicMock(), "lru_cache": functools.lru_cache}
    exec("from __future__ import annotations\nfrom typing import *\n" + source[begin:end], scope)

    def run(row):
        return {"lost": scope["tokenize_chat_example"](row, Characters()) is None}

    return [verdict(lambda row=row: run(copy.deepcopy(row))) for row in rows]


def openrlhf(rows):
    torch_on_numpy()
    root = os.path.join(site(), "openrlhf")
    package("openrlhf", root)
    package("openrlhf.datasets", os.path.join(root, "datasets"))
    for name in ["openrlhf.utils", "openrlhf.utils.utils"]:
        stand_in(name)
    stand_in("openrlhf.datasets.utils", exist_and_not_none=lambda row, key: row.get(key) is not None)
    sft = importlib.import_module("openrlhf.datasets.sft_dataset").SFTDataset
    pairs = importlib.import_module("openrlhf.datasets.reward_dataset").RewardDataset
    tokenizer = Characters()
    common = dict(tokenizer=tokenizer, apply_chat_template=tokenizer.apply_chat_template, max_length=10**9, input_template=None)

    def run(row):
        if "chosen" in row:
            data = pairs.__new__(pairs)
            vars(data).update(common, is_dpo=True, prompt_key="prompt" if "prompt" in row else None)
            vars(data).update(chosen_key="chosen", rejected_key="rejected")
        else:
            data = sft.__new__(sft)
            vars(data).update(common, multiturn=False, pretrain_mode=False)
            vars(data).update(input_key="input" if "input" in row else "messages", output_key="output" if "output" in row else None)
        return {"lost": data.process_data(row)["prompt"] is None}

    return [verdict(lambda row=row: run(copy.deepcopy(row))) for row in rows]


def nemo_gym(rows):
    root = os.path.join(site(), "nemo_gym")
    package("nemo_gym", root)
    stand_in("nemo_gym.server_utils")
    models = importlib.import_module("nemo_gym.openai_utils")

    def run(row):
        models.NeMoGymResponseCreateParamsNonStreaming.model_validate(row["responses_create_params"])
        return {"lost": False}

    return [verdict(lambda row=row: run(row)) for row in rows]


def harbor(rows):
    from harbor.models.trajectories import Trajectory

    def run(row):
        Trajectory.model_validate(row)
        return {"lost": False}

    return [verdict(lambda row=row: run(row)) for row in rows]


def main():
    asked = json.load(sys.stdin)
    known = {"trl": trl, "llamafactory": llamafactory, "ms-swift": ms_swift, "axolotl": axolotl, "harbor": harbor}
    known |= {"verl": verl, "skyrl": skyrl, "openrlhf": openrlhf, "nemo-gym": nemo_gym}
    out = {}
    for name, rows in asked.items():
        try:
            out[name] = known[name](rows)
        except Exception as error:  # not there, or built otherwise than the version this was made for
            out[name] = {"unavailable": f"{type(error).__name__}: {error}"}
    sys.stdout.write(json.dumps(out))


main()
