package io.plotpalette.model.template.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The filters for prompts: sentences, writing styles and lengths in tokens. */
final class Prose {
  /** More would drown the rest of the prompt. */
  private static final int MAX_STYLES = 3;

  /** Words of a biography and what they say about how its subject writes. */
  private static final Map<String, String> STYLE_OF_WORD = new HashMap<>();

  /** The same for all words that begin so. */
  private static final Map<String, String> STYLE_OF_BEGINNING = new LinkedHashMap<>();

  static {
    style("lyrical", "lyric* poet poets poetry poem poems verse verses sonnet* ballad* song songs");
    style("terse", "terse* spare laconic* minimalis* telegraphic");
    style("ornate", "ornate* baroque lavish* florid opulent*");
    style("humorous", "humor* humour* comic* comed* funny wit witty wry joke* laugh*");
    style("satirical", "satir* irony ironic* mocking sarcas* parod*");
    style("melancholic", "melanchol* grief griev* mourn* sorrow* elegi* elegy lonel* exile*");
    style("romantic", "romantic* romance* passion* love lovers");
    style("gothic", "gothic ghost* horror macabre haunt* uncanny");
    style("suspenseful", "suspens* thriller* detective* crime* myster* spy spies");
    style("factual", "journalis* reporter* reportage correspondent* factual documentar* archiv*");
    style("scholarly", "scholar* professor* academ* historian* lectur* philolog*");
    style("philosophical", "philosoph* existential* metaphys* stoic* ethic*");
    style("spiritual", "spiritual* mystic* monk* nun nuns prayer* psalm* theolog*");
    style("political", "politic* revolution* activis* protest* suffrag* union unions");
    style("pastoral", "pastoral farm* shepherd* garden* countryside village*");
    style("nautical", "sailor* sailing sea seas naval ship ships fisher* harbour* harbor*");
    style("experimental", "experimental* avant-garde surreal* dada* modernis* collage*");
    style("realistic", "realis* naturalis* everyday working-class");
    style("fantastical", "fantas* myth* fairy folklor* folktale* legend* fable*");
    style("speculative", "futur* dystop* utop* robot*");
    style("precise", "precis* scien* mathemat* engineer* physic* doctor* surgeon*");
    style("confessional", "confession* diary diaries diarist* memoir* autobiograph* letters");
    style("childlike", "child* nursery playful* whims*");
    style("epic", "epic* saga* hero heroes heroic* war wars soldier*");
  }

  private Prose() {}

  private static void style(String style, String words) {
    for (String word : words.split(" ")) {
      if (word.endsWith("*")) {
        STYLE_OF_BEGINNING.put(word.substring(0, word.length() - 1), style);
      } else {
        STYLE_OF_WORD.put(word, style);
      }
    }
  }

  /** One sentence of the text, chosen by the job's seed. */
  static String randomSentence(Evaluator e, String text) {
    List<String> sentences = sentences(e, text);
    return sentences.isEmpty() ? "" : sentences.get(e.random().nextInt(sentences.size()));
  }

  /**
   * A sentence ends after {@code . ! ? …} and their full-width forms, with quotes and brackets that
   * close there, when white space or the end follows; an empty line ends one too.
   */
  static List<String> sentences(Evaluator e, String text) {
    e.budget().work(text.length());
    e.budget().allocate(text.length());
    List<String> sentences = new ArrayList<>();
    int start = 0;
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      boolean paragraph = c == '\n' && at < text.length() && text.charAt(at) == '\n';
      if ("。！？".indexOf(c) >= 0 || paragraph) {
        add(e, sentences, text.substring(start, at));
        start = at;
      } else if (".!?…".indexOf(c) >= 0) {
        while (at < text.length() && ".!?…\"'”’)]»".indexOf(text.charAt(at)) >= 0) {
          at++;
        }
        if (at == text.length() || Character.isWhitespace(text.charAt(at))) {
          add(e, sentences, text.substring(start, at));
          start = at;
        }
      }
    }
    add(e, sentences, text.substring(start));
    return sentences;
  }

  private static void add(Evaluator e, List<String> sentences, String sentence) {
    String stripped = sentence.strip();
    if (!stripped.isEmpty()) {
      e.budget().allocateElements(2);
      sentences.add(stripped);
    }
  }

  /**
   * Up to three words for how the subject of a biography writes, in the order the biography speaks
   * of them; when it speaks of more, the job's seed chooses which; "plain" when it says nothing.
   */
  static String writingStyle(Evaluator e, String biography) {
    String text = Filters.lower(e, biography);
    Set<String> found = new LinkedHashSet<>();
    for (int at = 0; at < text.length(); ) {
      int end = at;
      while (end < text.length() && isWordPart(text.charAt(end))) {
        end++;
      }
      if (end > at) {
        addStyle(e, text.substring(at, end), found);
      }
      at = end + 1;
    }
    List<String> styles = new ArrayList<>(found);
    while (styles.size() > MAX_STYLES) {
      styles.remove(e.random().nextInt(styles.size()));
    }
    return styles.isEmpty() ? "plain" : String.join(", ", styles);
  }

  private static void addStyle(Evaluator e, String word, Set<String> found) {
    e.budget().work(word.length() + STYLE_OF_BEGINNING.size());
    String exact = STYLE_OF_WORD.get(word);
    if (exact != null) {
      found.add(exact);
      return;
    }
    for (Map.Entry<String, String> style : STYLE_OF_BEGINNING.entrySet()) {
      if (word.startsWith(style.getKey())) {
        found.add(style.getValue());
        return;
      }
    }
  }

  private static boolean isWordPart(char c) {
    return Character.isLetter(c) || c == '-';
  }

  /** The longest beginning of the text with at most so many estimated tokens. */
  static String truncateTokens(Evaluator e, String text, Object count) {
    int max = Values.count(Filters.given(count), "the number of tokens");
    e.budget().work(text.length());
    int end = TokenEstimate.endOf(text, max);
    e.budget().allocate(end);
    return end == text.length() ? text : text.substring(0, end).stripTrailing();
  }
}
