package io.plotpalette.model.template;

import io.plotpalette.model.catalogue.ModelTier;

/**
 * What a step is for, told by a word of its id, and the tier it gets when it names no model:
 * questions, clean-up and summaries are simple transformations, answers need reasoning.
 */
public enum StepKind {
  TRANSFORMATION(ModelTier.CHEAP),
  ANSWER(ModelTier.PREMIUM),
  OTHER(ModelTier.BALANCED);

  private final ModelTier defaultTier;

  StepKind(ModelTier defaultTier) {
    this.defaultTier = defaultTier;
  }

  public ModelTier defaultTier() {
    return defaultTier;
  }

  /** By the first word that says so: {@code answer_question} is an answer. */
  public static StepKind ofStep(String stepId) {
    for (String word : stepId.split("_")) {
      StepKind kind = ofWord(word);
      if (kind != OTHER) {
        return kind;
      }
    }
    return OTHER;
  }

  private static StepKind ofWord(String word) {
    return switch (word) {
      case "classify",
          "clean",
          "cleanup",
          "extract",
          "format",
          "label",
          "labels",
          "outline",
          "question",
          "questions",
          "summaries",
          "summarise",
          "summarize",
          "summary",
          "tag",
          "tags",
          "title",
          "titles",
          "translate" ->
          TRANSFORMATION;
      case "answer", "answers", "critique", "explain", "judge", "reason", "reasoning", "solve" ->
          ANSWER;
      default -> OTHER;
    };
  }
}
