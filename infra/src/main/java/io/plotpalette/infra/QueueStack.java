package io.plotpalette.infra;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.RemovalPolicy;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.kms.Key;
import software.amazon.awscdk.services.sqs.DeadLetterQueue;
import software.amazon.awscdk.services.sqs.Queue;
import software.amazon.awscdk.services.sqs.QueueEncryption;
import software.constructs.Construct;

/**
 * The queue of the writes that are answered before they are done, and the one of those that could
 * not be done. A stack of its own, because every function is told the queue's address.
 */
public final class QueueStack extends Stack {
  /** After which Lambda ends the function that works on a batch. */
  static final Duration CONSUMER_TIMEOUT = Duration.seconds(60);

  /**
   * What Lambda asks for: a batch can wait for a free function, and its messages must not come
   * again meanwhile.
   */
  private static final int VISIBILITY_IN_TIMEOUTS = 6;

  private static final int MAX_RECEIVES = 5;
  private static final int MAX_MESSAGE_BYTES = 262_144;

  private final Queue taskWrites;
  private final Optional<Key> dataKey;

  QueueStack(Construct scope, Stage stage, Optional<Key> dataKey) {
    super(scope, stage.physicalName("queue"));
    this.dataKey = dataKey;
    Queue dead = queue("TaskWritesDead", stage.physicalName("task-writes-dead")).build();
    taskWrites =
        queue("TaskWrites", stage.physicalName("task-writes"))
            .retentionPeriod(Duration.days(4))
            .visibilityTimeout(
                Duration.seconds(VISIBILITY_IN_TIMEOUTS * CONSUMER_TIMEOUT.toSeconds().intValue()))
            .deadLetterQueue(
                DeadLetterQueue.builder().queue(dead).maxReceiveCount(MAX_RECEIVES).build())
            .build();
    CfnOutput.Builder.create(this, "DeadLetterQueue").value(dead.getQueueName()).build();
  }

  /** Nothing in it outlives 14 days, so it goes with its stack in every stage. */
  private Queue.Builder queue(String id, String name) {
    Queue.Builder builder =
        Queue.Builder.create(this, id)
            .queueName(name)
            .retentionPeriod(Duration.days(14))
            .maxMessageSizeBytes(MAX_MESSAGE_BYTES)
            .encryption(dataKey.isPresent() ? QueueEncryption.KMS : QueueEncryption.SQS_MANAGED)
            .enforceSsl(true)
            .removalPolicy(RemovalPolicy.DESTROY);
    dataKey.ifPresent(builder::encryptionMasterKey);
    return builder;
  }

  Queue taskWrites() {
    return taskWrites;
  }

  /** What a role needs to put writes into the queue, its key included. */
  List<PolicyStatement> sendAccess() {
    return access(List.of("sqs:SendMessage"), "kms:Decrypt", "kms:GenerateDataKey");
  }

  /** What a role needs for Lambda to take writes out of the queue in its name. */
  List<PolicyStatement> consumeAccess() {
    return access(
        List.of("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
        "kms:Decrypt");
  }

  private List<PolicyStatement> access(List<String> actions, String... keyActions) {
    List<PolicyStatement> statements = new ArrayList<>();
    statements.add(
        PolicyStatement.Builder.create()
            .actions(actions)
            .resources(List.of(taskWrites.getQueueArn()))
            .build());
    dataKey.ifPresent(
        key ->
            statements.add(
                PolicyStatement.Builder.create()
                    .actions(List.of(keyActions))
                    .resources(List.of(key.getKeyArn()))
                    .conditions(
                        Map.of(
                            "StringEquals",
                            Map.of("kms:ViaService", "sqs." + getRegion() + "." + getUrlSuffix())))
                    .build()));
    return statements;
  }
}
