package io.plotpalette.model.template.jinja;

import java.util.ArrayList;
import java.util.List;

/** Templates written to break out, to stop the process or to make it slow. */
final class HostileTemplates {
  /** How a payload must end. */
  enum Ending {
    /** An error when the template is parsed. */
    REFUSED,
    /** An error while it is rendered. */
    STOPPED,
    /** Exactly the expected text. */
    TEXT
  }

  /**
   * One payload.
   *
   * @param data JSON
   * @param expected part of the error's message, or the whole text
   */
  record Payload(String name, String template, String data, Ending ending, String expected) {}

  private static final String TEXT_OF_40_KB = "\"" + "a".repeat(40_000) + "\"";

  static final List<Payload> ALL = all();

  private HostileTemplates() {}

  private static List<Payload> all() {
    List<Payload> all = new ArrayList<>();
    escapesOfJinja2(all);
    escapesOfJinjava(all);
    loading(all);
    endlessness(all);
    growth(all);
    nesting(all);
    searching(all);
    data(all);
    return List.copyOf(all);
  }

  private static void escapesOfJinja2(List<Payload> all) {
    refused(all, "class of a text", "{{ ''.__class__ }}", "start with '__'");
    refused(
        all,
        "mro and subclasses",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "start with '__'");
    refused(all, "class by subscript", "{{ ''['__class__'] }}", "start with '__'");
    refused(all, "globals of a macro", "{% macro m() %}{% endmacro %}{{ m.__globals__ }}", "'__'");
    refused(
        all,
        "init globals builtins",
        "{{ x.__init__.__globals__['__builtins__']['eval']('1') }}",
        "start with '__'");
    refused(all, "attr filter (CVE-2025-27516)", "{{ ''|attr('__class__') }}", "filter 'attr'");
    refused(
        all,
        "str.format (CVE-2016-10745)",
        "{{ '{0.__class__}'.format(x) }}",
        "method 'format' is not allowed");
    refused(
        all,
        "format_map (CVE-2019-10906)",
        "{{ '{a.__class__}'.format_map(x) }}",
        "method 'format_map'");
    refused(
        all,
        "format through map (CVE-2024-56326)",
        "{{ ['{0}']|map('format', x)|list }}",
        "filter 'format'");
    stopped(all, "percent formatting", "{{ '%s' % 1 }}", "'%' cannot be used on a text");
    refused(all, "lipsum globals", "{{ lipsum.__globals__ }}", "start with '__'");
    stopped(all, "lipsum without underscores", "{{ lipsum.os }}", "'lipsum' is not there");
    stopped(all, "config of a web framework", "{{ config.items() }}", "'config' is not there");
    stopped(all, "request of a web framework", "{{ request.application }}", "'request'");
    stopped(all, "self", "{{ self.x }}", "'self' is not there");
    refused(all, "cycler", "{{ cycler.__init__ }}", "start with '__'");
    refused(all, "cycler called", "{{ cycler('a') }}", "no function or macro 'cycler'");
    refused(all, "joiner called", "{{ joiner(',') }}", "no function or macro 'joiner'");
    stopped(
        all,
        "underscores put together",
        "{{ ''['_' ~ '_class_' ~ '_'] }}",
        "a text has no such part");
    stopped(
        all,
        "underscores by escape",
        "{{ ''[x] }}",
        "{\"x\": \"__class__\"}",
        "a text has no such part");
    refused(
        all, "underscores as escapes in quotes", "{{ ''['\\x5f\\x5fclass\\x5f\\x5f'] }}", "'__'");
    stopped(
        all,
        "attribute of map filter",
        "{{ ['']|map(attribute='__class__')|list|first ~ '' }}",
        "an element has no '__class__'");
    refused(all, "xmlattr (CVE-2024-22195)", "{{ {'a b': 1}|xmlattr }}", "filter 'xmlattr'");
    refused(all, "urlize (CVE-2020-28493)", "{{ 'a@a@a@'|urlize }}", "filter 'urlize'");
    refused(all, "mutating a list", "{{ x.append(1) }}", "method 'append'");
    refused(all, "mutating a map", "{{ x.update({}) }}", "method 'update'");
    refused(all, "walrus and lambda", "{{ (lambda: 1)() }}", "expected");
    refused(all, "star arguments", "{{ range(*x) }}", "'*' before an argument");
    refused(all, "call of a call", "{{ range(1)() }}", "can be called");
    refused(all, "call of a value", "{{ x['run']() }}", "can be called");
  }

  private static void escapesOfJinjava(List<Payload> all) {
    refused(
        all,
        "the interpreter (CVE-2020-12668)",
        "{{ ____int3rpr3t3r____.getConfig() }}",
        "start with '__'");
    refused(
        all,
        "ObjectMapper (CVE-2025-59340)",
        "{{ ____int3rpr3t3r____.config.objectMapper.enableDefaultTyping() }}",
        "start with '__'");
    refused(
        all,
        "JavaType (CVE-2025-59340)",
        "{% set m = ____int3rpr3t3r____.config.objectMapper %}",
        "start with '__'");
    refused(all, "getClass", "{{ ''.getClass() }}", "method 'getClass' is not allowed");
    refused(
        all,
        "getClass chain",
        "{{ 'a'.getClass().forName('java.lang.Runtime').getRuntime().exec('id') }}",
        "method 'getClass'");
    stopped(
        all,
        "class as a property",
        "{{ 'a'.class.classLoader }}",
        "'class' is not there: a text has no such part");
    stopped(all, "class of a list", "{{ [].class.protectionDomain }}", "a list has no such part");
    stopped(all, "class of a map", "{{ {}.class.name }}", "'class' is not there");
    refused(all, "filter as a function", "{{ filter:map.filter(x, y) }}", "expected");
    refused(all, "test as a function", "{{ exptest:defined.evaluate(x, y) }}", "expected");
    refused(
        all,
        "script engine",
        "{{ x.getClass().forName('javax.script.ScriptEngineManager').newInstance() }}",
        "method 'getClass'");
    refused(all, "type function", "{{ type(1) }}", "no function or macro 'type'");
    refused(all, "eager and from", "{% from 'x' import y %}", "tag 'from' is not allowed");
    refused(all, "do tag", "{% do x.put('a', 1) %}", "tag 'do' is not allowed");
    refused(all, "print tag", "{% print(1) %}", "tag 'print' is not allowed");
    refused(all, "render filter", "{{ '{{ 1 + 1 }}'|render }}", "filter 'render'");
    refused(all, "fromjson filter", "{{ '{}'|fromjson }}", "filter 'fromjson'");
    refused(all, "fromyaml filter", "{{ '!!java'|fromyaml }}", "filter 'fromyaml'");
    refused(all, "expression language", "{{ ${7 * 7} }}", "unexpected character '$'");
    text(all, "expression language as text", "${7 * 7} #{7 * 7}", "{}", "${7 * 7} #{7 * 7}");
  }

  private static void loading(List<Payload> all) {
    refused(all, "include a file", "{% include '/etc/passwd' %}", "tag 'include'");
    refused(all, "import a file", "{% import 'file:///etc/passwd' as x %}", "tag 'import'");
    refused(all, "extend a file", "{% extends '../../secrets' %}", "tag 'extends'");
    refused(all, "block", "{% block a %}{% endblock %}", "tag 'block'");
    refused(all, "open", "{{ open('/etc/passwd').read() }}", "method 'read' is not allowed");
    refused(all, "open alone", "{{ open('/etc/passwd') }}", "no function or macro 'open'");
    refused(all, "url function", "{{ url('http://169.254.169.254') }}", "function or macro 'url'");
    refused(all, "debug tag", "{% debug %}", "tag 'debug' is not allowed");
  }

  private static void endlessness(List<Payload> all) {
    stopped(
        all,
        "a billion rounds",
        "{% for i in range(1000000000) %}x{% endfor %}",
        "more than 10000 rounds");
    stopped(
        all,
        "nested loops",
        "{% for a in range(99) %}{% for b in range(99) %}{% for c in range(99) %}x{% endfor %}"
            + "{% endfor %}{% endfor %}",
        "more than 10000 rounds");
    stopped(
        all,
        "loops over loops of the data",
        "{% for a in l %}{% for b in l %}{% for c in l %}{% for d in l %}{% endfor %}{% endfor %}"
            + "{% endfor %}{% endfor %}",
        "{\"l\": [" + "1,".repeat(199) + "1]}",
        "more than 10000 rounds");
    stopped(all, "range backwards", "{{ range(0, -9223372036854775807, -1) }}", "10000 rounds");
    stopped(
        all,
        "range with a huge step",
        "{{ range(0, 9223372036854775807, 1)|length }}",
        "more than 10000 rounds");
    stopped(all, "range of zero step", "{{ range(0, 9, 0) }}", "cannot be 0");
    stopped(
        all,
        "a macro that calls itself",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "deeper than 16");
    stopped(
        all,
        "macros that call each other twice",
        "{% macro a(n) %}{{ b(n) }}{{ b(n) }}{% endmacro %}{% macro b(n) %}"
            + "{% if n %}{{ a(n) }}{% endif %}{% endmacro %}{{ a(1) }}",
        "deeper than 16");
    stopped(
        all,
        "macros as a tree",
        "{% macro m(n) %}{% if n > 0 %}{% for i in range(9) %}{{ m(n - 1) }}{% endfor %}{% endif %}"
            + "{% endmacro %}{{ m(15) }}",
        "more than 10000 rounds");
    stopped(
        all,
        "caller that calls its macro",
        "{% macro m() %}{{ caller() }}{% endmacro %}{% macro n() %}{% call m() %}{{ n() }}"
            + "{% endcall %}{% endmacro %}{{ n() }}",
        "deeper than 16");
    stopped(
        all,
        "many filters over a long text",
        "{% for i in range(9000) %}{% set x = t|upper|lower|reverse|title %}{% endfor %}",
        "{\"t\": " + TEXT_OF_40_KB + "}",
        "more than");
  }

  private static void growth(List<Payload> all) {
    stopped(all, "a power of powers", "{{ 9 ** 9 ** 9 }}", "beyond 64 bits");
    stopped(all, "a number of many digits", "{{ 10 ** 100000000 }}", "beyond 64 bits");
    stopped(all, "decimals without end", "{{ 1e308 * 10 }}", "beyond what 64 bits");
    refused(all, "a literal of many digits", "{{ " + "9".repeat(900) + " }}", "longer than 40");
    refused(all, "a literal beyond all", "{{ 1e999 }}", "too large");
    stopped(all, "a text times a billion", "{{ 'x' * 1000000000 }}", "characters of intermediate");
    stopped(all, "a list times a billion", "{{ [1] * 1000000000 }}", "characters of intermediate");
    stopped(
        all, "a text times the largest number", "{{ 'xx' * 9223372036854775807 }}", "characters");
    stopped(
        all,
        "doubling a text",
        "{% set ns = namespace(s='x') %}{% for i in range(60) %}{% set ns.s = ns.s ~ ns.s %}"
            + "{% endfor %}",
        "longer than 400000 characters");
    stopped(
        all,
        "doubling by join",
        "{% set ns = namespace(s='xx') %}{% for i in range(60) %}"
            + "{% set ns.s = [ns.s, ns.s]|join(ns.s) %}{% endfor %}",
        "longer than 400000 characters");
    stopped(
        all,
        "doubling by replace",
        "{% set ns = namespace(s='xx') %}{% for i in range(60) %}"
            + "{% set ns.s = ns.s|replace('x', 'xxx') %}{% endfor %}",
        "longer than 400000 characters");
    stopped(
        all,
        "a list of lists of lists",
        "{% set ns = namespace(l=['xxxxxxxx']) %}{% for i in range(60) %}"
            + "{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l ~ '' }}",
        "longer than 400000 characters");
    stopped(
        all,
        "comparing lists of lists",
        "{% set a = namespace(l=[1]) %}{% set b = namespace(l=[1]) %}{% for i in range(60) %}"
            + "{% set a.l = [a.l, a.l] %}{% set b.l = [b.l, b.l] %}{% endfor %}{{ a.l == b.l }}",
        "steps");
    stopped(
        all,
        "JSON of lists of lists",
        "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}"
            + "{% endfor %}{{ ns.l|tojson }}",
        "longer than 400000 characters");
    stopped(
        all,
        "a namespace within itself",
        "{% set ns = namespace() %}{% set ns.me = ns %}{{ ns }}",
        "nested deeper than 100");
    stopped(
        all,
        "a namespace within itself twice",
        "{% set ns = namespace() %}{% set ns.a = ns %}{% set ns.b = ns %}{{ [ns]|string }}",
        "nested deeper than 100");
    stopped(all, "a wide center", "{{ 'x'|center(999999999) }}", "between 0 and 1000000");
    stopped(
        all,
        "many wide centers",
        "{% for i in range(9) %}{% set x = 'x'|center(1000000) %}{% endfor %}",
        "characters of intermediate");
    stopped(
        all,
        "a wide indent",
        "{{ t|indent(1000000, true, true) }}",
        "{\"t\": \"" + "\\n".repeat(30_000) + "\"}",
        "longer than 400000 characters");
    stopped(
        all,
        "a wide JSON indent",
        "{{ [[[[[[[[[[1]]]]]]]]]]|tojson(1000001) }}",
        "between 0 and 1000000");
    stopped(
        all, "a large batch", "{{ [1]|batch(1000000, 'x')|length }}", "characters of intermediate");
    stopped(all, "many slices", "{{ [1]|slice(1000000)|length }}", "characters of intermediate");
    stopped(
        all,
        "an output without end",
        "{% for i in range(4000) %}{{ 'x' * 1000 }}{% endfor %}",
        "longer than 400000 characters");
    stopped(
        all, "rounding to a billion digits", "{{ 1.5|round(1000000000) }}", "between -20 and 20");
    stopped(
        all,
        "decimals of a thousand digits",
        "{% for i in range(4999) %}" + "{{ 4e-310 }}".repeat(900) + "{% endfor %}",
        "steps");
    stopped(
        all,
        "statements in a long loop",
        "{% for i in range(4999) %}" + "{% set x = i %}".repeat(900) + "{% endfor %}",
        "steps");
    text(all, "upper case that grows", "{{ ('ŉ' * 300000)|upper|length }}", "{}", "600000");
    text(all, "lower case that grows", "{{ ('İ' * 300000)|lower|length }}", "{}", "600000");
    text(
        all,
        "a capital before much that grows",
        "{{ ('İ' * 300000)|capitalize|length }}",
        "{}",
        "599999");
    stopped(
        all,
        "a long text of one letter into its letters",
        "{% for i in range(99) %}{% set x = t|list %}{% endfor %}",
        "{\"t\": " + TEXT_OF_40_KB + "}",
        "characters of intermediate");
  }

  private static void nesting(List<Payload> all) {
    refused(all, "deep parentheses", nested("(", "1", ")"), "nested deeper");
    refused(all, "deep lists", nested("[", "", "]"), "nested deeper");
    refused(all, "deep maps", nested("{1:", "1", "}"), "nested deeper");
    refused(all, "deep negation", "{{ " + "not ".repeat(5_000) + "1 }}", "nested deeper");
    refused(all, "deep minus", "{{ " + "-".repeat(9_000) + "1 }}", "nested deeper");
    refused(all, "a long sum", "{{ 1" + "+1".repeat(9_000) + " }}", "nested deeper");
    refused(all, "a long path", "{{ a" + ".a".repeat(9_000) + " }}", "nested deeper");
    refused(all, "a long chain of filters", "{{ a" + "|upper".repeat(4_000) + " }}", "deeper");
    refused(all, "a long chain of ifs", "{{ 1" + " if 1 else 1".repeat(2_000) + " }}", "deeper");
    refused(all, "deep tags", "{% if 1 %}".repeat(3_000), "nested deeper than 20");
    refused(all, "deep loops", "{% for a in b %}".repeat(1_900), "nested deeper than 20");
    refused(all, "many parts", "{{ a }}".repeat(4_500), "more than 4000 parts");
    refused(all, "a long template", "x".repeat(40_000), "longer than 32000");
    refused(all, "a comment without end", "{#" + "x".repeat(30_000), "not closed");
    refused(all, "raw without end", "{% raw %}" + "{%".repeat(15_000), "not closed");
    refused(all, "a text without end", "{{ '" + "x".repeat(30_000), "no closing");
    refused(all, "tags without end", "{{".repeat(15_000), "not closed");
    refused(all, "a long name", "{{ " + "a".repeat(30_000) + " }}", "longer than 100");
    stopped(
        all,
        "lists as deep as they go",
        "{% set ns = namespace(l=[]) %}{% for i in range(5000) %}{% set ns.l = [ns.l] %}"
            + "{% endfor %}{{ ns.l }}",
        "nested deeper than 100");
    stopped(
        all,
        "sorting what nests",
        "{% set ns = namespace(l=[]) %}{% for i in range(5000) %}{% set ns.l = [ns.l] %}"
            + "{% endfor %}{{ [ns.l, [ns.l]]|sort }}",
        "nested deeper than 100");
  }

  private static String nested(String open, String inside, String close) {
    return "{{ " + open.repeat(5_000) + inside + close.repeat(5_000) + " }}";
  }

  private static void searching(List<Payload> all) {
    refused(all, "regex_replace", "{{ x|regex_replace('(a+)+$', '') }}", "'regex_replace'");
    refused(all, "regex_search", "{{ x is match('(a+)+$') }}", "test 'match' is not allowed");
    stopped(
        all,
        "search with the worst pattern",
        "{% for i in range(900) %}{{ 'b' ~ t[:20000] in t }}{% endfor %}"
            + "{% for i in range(900) %}{{ (t[:20000] ~ 'b') in t }}{% endfor %}",
        "{\"t\": " + TEXT_OF_40_KB + "}",
        "more than");
    stopped(
        all,
        "counting by split",
        "{% for i in range(900) %}{% set x = t.split('a') %}{% endfor %}",
        "{\"t\": " + TEXT_OF_40_KB + "}",
        "characters of intermediate");
    stopped(
        all,
        "replacing nothing by much",
        "{{ t|replace('', t) }}",
        "{\"t\": " + TEXT_OF_40_KB + "}",
        "longer than 400000 characters");
    text(all, "a number of a megabyte of digits", "{{ t|int }}", digits(), "0");
    text(all, "a decimal of a megabyte of digits", "{{ t|float }}", digits(), "0.0");
  }

  private static String digits() {
    return "{\"t\": \"" + "9".repeat(1_000_000) + "\"}";
  }

  private static void data(List<Payload> all) {
    text(all, "an expression as data", "{{ x }}", "{\"x\": \"{{ 7 * 7 }}\"}", "{{ 7 * 7 }}");
    text(
        all,
        "a tag as data",
        "{{ x }}",
        "{\"x\": \"{% for i in range(99) %}x{% endfor %}\"}",
        "{% for i in range(99) %}x{% endfor %}");
    text(
        all,
        "data through filters",
        "{{ x|upper|lower|trim|replace('a', 'a') }}",
        "{\"x\": \"{{ 7 * 7 }}\"}",
        "{{ 7 * 7 }}");
    text(
        all,
        "data put together to an expression",
        "{{ a ~ b ~ c }}",
        "{\"a\": \"{\", \"b\": \"{ 7 * 7 }\", \"c\": \"}\"}",
        "{{ 7 * 7 }}");
    text(
        all,
        "data through set, macro and call",
        "{% macro m(y) %}{{ y }}{{ caller() }}{% endmacro %}{% set z %}{{ x }}{% endset %}"
            + "{% call m(z) %}{{ x }}{% endcall %}",
        "{\"x\": \"{{ 7 * 7 }}\"}",
        "{{ 7 * 7 }}{{ 7 * 7 }}");
    text(all, "an endraw as data", "{{ x }}", "{\"x\": \"{% endraw %}{#\"}", "{% endraw %}{#");
    text(
        all,
        "keys that look like methods",
        "{{ x.items }}{{ x.class }}{{ x.getClass }}",
        "{\"x\": {\"items\": 1, \"class\": 2, \"getClass\": 3}}",
        "123");
    text(all, "a field named as a filter", "{{ upper|upper }}", "{\"upper\": \"a\"}", "A");
  }

  private static void refused(List<Payload> all, String name, String template, String expected) {
    all.add(new Payload(name, template, "{}", Ending.REFUSED, expected));
  }

  private static void stopped(List<Payload> all, String name, String template, String expected) {
    all.add(new Payload(name, template, "{}", Ending.STOPPED, expected));
  }

  private static void stopped(
      List<Payload> all, String name, String template, String data, String expected) {
    all.add(new Payload(name, template, data, Ending.STOPPED, expected));
  }

  private static void text(
      List<Payload> all, String name, String template, String data, String expected) {
    all.add(new Payload(name, template, data, Ending.TEXT, expected));
  }
}
