# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# How lit runs Weft's tests: FileCheck, the tools of the build, and the data folders that are there.
import os

import lit.formats
from lit.llvm import llvm_config

config.name = "weft"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.weft_obj_root, "test")

llvm_config.with_system_environment(["PATH", "HOME", "TMP", "TEMP", "WEFT_DATA", "WEFT_GOLDEN", "WEFT_MINILM", "WEFT_PEERS", "WEFT_NUM_THREADS"])
llvm_config.use_default_substitutions()  # FileCheck, not, count, split-file
llvm_config.with_environment("PATH", [config.weft_tools_dir, config.llvm_tools_dir], append_path=True)
tools = ["weft-opt", "weftc", "weft", "weft-translate", "weft-lsp-server"]
llvm_config.add_tool_substitutions(
    [tool for tool in tools if os.path.exists(os.path.join(config.weft_tools_dir, tool))],
    [config.weft_tools_dir],
)
config.substitutions.append(("%examples", os.path.join(config.weft_src_root, "examples")))
config.substitutions.append(("%build", config.weft_obj_root))
config.substitutions.append(("%python", config.python))
if config.weft_sanitize:
    config.available_features.add("sanitizer")
    # MLIR and LLVM are not instrumented: what they unpoison in their arenas is unknown to the tools, and what they hold until
    # the end is no leak.
    config.environment["ASAN_OPTIONS"] = "allow_user_poisoning=0:detect_leaks=0"
    config.environment["UBSAN_OPTIONS"] = "print_stacktrace=1"
for variable, feature in [("WEFT_DATA", "weft-data"), ("WEFT_GOLDEN", "weft-golden"), ("WEFT_MINILM", "weft-minilm"),
                          ("WEFT_PEERS", "weft-peers")]:
    if os.path.isdir(os.environ.get(variable, "")):
        config.available_features.add(feature)
        config.substitutions.append((f"%{{{feature}}}", os.environ[variable]))
