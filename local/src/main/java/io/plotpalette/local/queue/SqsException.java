package io.plotpalette.local.queue;

/** An error answer of SQS: its type in the JSON protocol, its older code, and the message. */
final class SqsException extends RuntimeException {
  private final String type;
  private final String code;

  private SqsException(String type, String code, String message) {
    super(message);
    this.type = type;
    this.code = code;
  }

  String type() {
    return "com.amazonaws.sqs#" + type;
  }

  /** For the header that clients still take the code from. */
  String code() {
    return code;
  }

  static SqsException ofType(String type, String message) {
    return new SqsException(type, type, message);
  }

  static SqsException invalidParameter(String message) {
    return new SqsException("InvalidParameterValueException", "InvalidParameterValue", message);
  }

  static SqsException missing(String parameter) {
    return new SqsException(
        "MissingRequiredParameterException",
        "MissingParameter",
        "The request must contain the parameter " + parameter + ".");
  }

  static SqsException noSuchQueue() {
    return new SqsException(
        "QueueDoesNotExist",
        "AWS.SimpleQueueService.NonExistentQueue",
        "The specified queue does not exist.");
  }
}
