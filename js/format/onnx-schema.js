/**
 * What a perceptron takes of onnx.proto (https://github.com/onnx/onnx), and how a message of it
 * becomes bytes.
 */

import { PbfWriter } from 'pbf';

/**
 * A field's number and type: a scalar of Protocol Buffers ('int': int32, int64 and enums) or a
 * message. Arrays are repeated fields.
 * @type {Readonly<Record<string, Readonly<Record<string, readonly [number, string]>>>>}
 */
export const MESSAGES = Object.freeze({
  ModelProto: {
    ir_version: [1, 'int'],
    producer_name: [2, 'string'],
    producer_version: [3, 'string'],
    graph: [7, 'GraphProto'],
    opset_import: [8, 'OperatorSetIdProto'],
    metadata_props: [14, 'StringStringEntryProto'],
  },
  OperatorSetIdProto: { version: [2, 'int'] },
  StringStringEntryProto: { key: [1, 'string'], value: [2, 'string'] },
  GraphProto: {
    node: [1, 'NodeProto'],
    name: [2, 'string'],
    initializer: [5, 'TensorProto'],
    input: [11, 'ValueInfoProto'],
    output: [12, 'ValueInfoProto'],
  },
  NodeProto: {
    input: [1, 'string'],
    output: [2, 'string'],
    name: [3, 'string'],
    op_type: [4, 'string'],
    attribute: [5, 'AttributeProto'],
  },
  AttributeProto: { name: [1, 'string'], f: [2, 'float'], i: [3, 'int'], type: [20, 'int'] },
  TensorProto: {
    dims: [1, 'int'],
    data_type: [2, 'int'],
    name: [8, 'string'],
    raw_data: [9, 'bytes'],
  },
  ValueInfoProto: { name: [1, 'string'], type: [2, 'TypeProto'], doc_string: [3, 'string'] },
  TypeProto: { tensor_type: [1, 'TypeProto.Tensor'] },
  'TypeProto.Tensor': { elem_type: [1, 'int'], shape: [2, 'TensorShapeProto'] },
  TensorShapeProto: { dim: [1, 'TensorShapeProto.Dimension'] },
  'TensorShapeProto.Dimension': { dim_value: [1, 'int'], dim_param: [2, 'string'] },
});

/** `TensorProto.DataType.FLOAT` */
export const FLOAT_TENSOR = 1;
/** `AttributeProto.AttributeType` */
export const FLOAT_ATTRIBUTE = 1;
export const INT_ATTRIBUTE = 2;

/** @type {Readonly<Record<string, (writer: PbfWriter, field: number, value: any) => void>>} */
const SCALARS = {
  int: (writer, field, value) => writer.writeVarintField(field, value),
  float: (writer, field, value) => writer.writeFloatField(field, value),
  string: (writer, field, value) => writer.writeStringField(field, value),
  bytes: (writer, field, value) => writer.writeBytesField(field, value),
};

/**
 * @param {string} name of the message
 * @returns {(message: Record<string, any>, writer: PbfWriter) => void}
 */
const writerOf = (name) => (message, writer) => {
  for (const [key, values] of Object.entries(message)) {
    const [field, type] = MESSAGES[name][key];
    for (const value of [values].flat()) {
      if (type in SCALARS) SCALARS[type](writer, field, value);
      else writer.writeMessage(field, writerOf(type), value);
    }
  }
};

/**
 * @param {Record<string, any>} model fields of `ModelProto` by name
 * @returns {Uint8Array<ArrayBuffer>} the file, in a buffer of its own
 */
export function encodeModel(model) {
  const writer = new PbfWriter();
  writerOf('ModelProto')(model, writer);
  return new Uint8Array(writer.finish());
}
