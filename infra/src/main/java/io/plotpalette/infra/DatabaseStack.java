package io.plotpalette.infra;

import io.plotpalette.model.table.TableDefinition;
import io.plotpalette.model.table.TableDefinition.GlobalIndex;
import io.plotpalette.model.table.TableDefinition.LocalIndex;
import io.plotpalette.model.table.Tables;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.dynamodb.Attribute;
import software.amazon.awscdk.services.dynamodb.AttributeType;
import software.amazon.awscdk.services.dynamodb.BillingMode;
import software.amazon.awscdk.services.dynamodb.GlobalSecondaryIndexProps;
import software.amazon.awscdk.services.dynamodb.LocalSecondaryIndexProps;
import software.amazon.awscdk.services.dynamodb.PointInTimeRecoverySpecification;
import software.amazon.awscdk.services.dynamodb.StreamViewType;
import software.amazon.awscdk.services.dynamodb.Table;
import software.amazon.awscdk.services.dynamodb.TableEncryption;
import software.amazon.awscdk.services.iam.PolicyStatement;
import software.amazon.awscdk.services.kms.Key;
import software.constructs.Construct;

/** The tables of {@link Tables}, on demand and restorable to any second of 35 days. */
public final class DatabaseStack extends Stack {
  private final Map<TableDefinition, Table> tables = new LinkedHashMap<>();
  private final Optional<Key> dataKey;

  DatabaseStack(Construct scope, Stage stage, Optional<Key> dataKey) {
    super(scope, stage.physicalName("database"));
    this.dataKey = dataKey;
    Tables.all().forEach(definition -> tables.put(definition, table(definition, stage)));
  }

  private Table table(TableDefinition definition, Stage stage) {
    Table.Builder builder =
        Table.Builder.create(this, constructId(definition))
            .tableName(definition.physicalName(stage.name()))
            .partitionKey(text(definition.partitionKey()))
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .encryption(
                dataKey.isPresent()
                    ? TableEncryption.CUSTOMER_MANAGED
                    : TableEncryption.AWS_MANAGED)
            .pointInTimeRecoverySpecification(
                PointInTimeRecoverySpecification.builder().pointInTimeRecoveryEnabled(true).build())
            .deletionProtection(stage.keepsData())
            .removalPolicy(stage.removalOfData());
    dataKey.ifPresent(builder::encryptionKey);
    if (definition.sortKey() != null) {
      builder.sortKey(text(definition.sortKey()));
    }
    if (definition.streamsBothImages()) {
      builder.stream(StreamViewType.NEW_AND_OLD_IMAGES);
    }
    if (definition.ttlAttribute() != null) {
      builder.timeToLiveAttribute(definition.ttlAttribute());
    }
    Table table = builder.build();
    for (TableDefinition.LocalIndex index : definition.localIndexes()) {
      table.addLocalSecondaryIndex(
          LocalSecondaryIndexProps.builder()
              .indexName(index.name())
              .sortKey(text(index.sortKey()))
              .build());
    }
    for (TableDefinition.GlobalIndex index : definition.globalIndexes()) {
      table.addGlobalSecondaryIndex(
          GlobalSecondaryIndexProps.builder()
              .indexName(index.name())
              .partitionKey(text(index.partitionKey()))
              .sortKey(text(index.sortKey()))
              .build());
    }
    return table;
  }

  private static Attribute text(String name) {
    return Attribute.builder().name(name).type(AttributeType.STRING).build();
  }

  /** {@code task-tombstones} becomes {@code TaskTombstones}. */
  private static String constructId(TableDefinition definition) {
    return Arrays.stream(definition.name().split("-", -1))
        .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
        .collect(Collectors.joining());
  }

  Table table(TableDefinition definition) {
    return tables.get(definition);
  }

  /** What a role needs for these actions on one table, its key included. */
  List<PolicyStatement> access(TableDefinition definition, String... actions) {
    return access(List.of(table(definition).getTableArn()), actions);
  }

  /** What a role needs for these actions on every index of one table. */
  List<PolicyStatement> indexAccess(TableDefinition definition, String... actions) {
    String arn = table(definition).getTableArn();
    return access(
        Stream.concat(
                definition.localIndexes().stream().map(LocalIndex::name),
                definition.globalIndexes().stream().map(GlobalIndex::name))
            .map(index -> arn + "/index/" + index)
            .toList(),
        actions);
  }

  /** What a role needs for these actions on the stream of one table, its key included. */
  List<PolicyStatement> streamAccess(TableDefinition definition, String... actions) {
    return access(List.of(table(definition).getTableStreamArn()), actions);
  }

  private List<PolicyStatement> access(List<String> arns, String... actions) {
    List<PolicyStatement> statements = new ArrayList<>();
    statements.add(
        PolicyStatement.Builder.create().actions(List.of(actions)).resources(arns).build());
    dataKey.ifPresent(key -> statements.add(useOf(key)));
    return statements;
  }

  /** DynamoDB decrypts in the name of the caller, so the caller has to be allowed to. */
  private PolicyStatement useOf(Key key) {
    return PolicyStatement.Builder.create()
        .actions(List.of("kms:Decrypt", "kms:DescribeKey"))
        .resources(List.of(key.getKeyArn()))
        .conditions(
            Map.of(
                "StringEquals",
                Map.of("kms:ViaService", "dynamodb." + getRegion() + "." + getUrlSuffix())))
        .build();
  }
}
