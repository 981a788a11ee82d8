//! Types.

use super::{UnitWriter, number};
use gimli::constants as dw;
use gimli::write::{AttributeValue, UnitEntryId};
use lir::{BaseEncoding, DebugField, DebugParameter, DebugType, DebugTypeId, DebugVariant, IndexVec, Module};

/// The entries of the module's types that have been asked for.
pub(super) struct Types {
    entries: IndexVec<DebugTypeId, Option<UnitEntryId>>,
    /// The entry of the enum that the struct of a variant belongs to.
    enums: IndexVec<DebugTypeId, Option<UnitEntryId>>,
    /// The type of arrays' indices.
    index: Option<UnitEntryId>,
    /// Those that have been asked for and are not written.
    pending: Vec<DebugTypeId>,
}

impl Types {
    pub(super) fn new(module: &Module) -> Types {
        let none = IndexVec::repeat(None, module.debug_types.len());
        Types { entries: none.clone(), enums: none, index: None, pending: Vec::new() }
    }
}

impl UnitWriter<'_> {
    /// A reference to a type. Types refer to each other, also in circles, so all that is needed is reserved first and written
    /// from a list of what is left.
    pub(super) fn ty(&mut self, id: DebugTypeId) -> AttributeValue {
        let reference = self.reserved_type(id);
        while let Some(id) = self.types.pending.pop() {
            self.write_type(id);
        }
        reference
    }

    fn reserved_type(&mut self, id: DebugTypeId) -> AttributeValue {
        let entry = *self.types.entries[id].get_or_insert_with(|| {
            self.types.pending.push(id);
            self.unit.unit.reserve()
        });
        AttributeValue::UnitRef(entry)
    }

    fn write_type(&mut self, id: DebugTypeId) {
        let module = self.module;
        let root = self.unit.unit.root();
        match &module.debug_types[id] {
            DebugType::Base { name, size, encoding } => {
                let encoding = match encoding {
                    BaseEncoding::Bool => dw::DW_ATE_boolean,
                    BaseEncoding::Char => dw::DW_ATE_UTF,
                    BaseEncoding::Signed => dw::DW_ATE_signed,
                    BaseEncoding::Unsigned => dw::DW_ATE_unsigned,
                    BaseEncoding::Float => dw::DW_ATE_float,
                };
                let entry = self.place_type(id, root, dw::DW_TAG_base_type, name);
                self.entry(entry).set(dw::DW_AT_encoding, AttributeValue::Encoding(encoding));
                self.size(entry, *size);
            }
            DebugType::Pointer { name, pointee, size } => {
                let entry = self.place_type(id, root, dw::DW_TAG_pointer_type, name);
                self.type_of(entry, *pointee);
                self.size(entry, *size);
            }
            DebugType::FunctionPointer { name, size } => {
                let entry = self.place_type(id, root, dw::DW_TAG_pointer_type, name);
                let function = self.add(root, dw::DW_TAG_subroutine_type);
                self.entry(entry).set(dw::DW_AT_type, AttributeValue::UnitRef(function));
                self.size(entry, *size);
            }
            DebugType::Struct { name, size, align, fields, parameters } => {
                let entry = self.composite(id, dw::DW_TAG_structure_type, name, *size, *align);
                self.fields(entry, fields);
                self.parameters(entry, parameters);
            }
            DebugType::Union { name, size, align, fields, parameters } => {
                let entry = self.composite(id, dw::DW_TAG_union_type, name, *size, *align);
                self.fields(entry, fields);
                self.parameters(entry, parameters);
            }
            DebugType::Opaque { name, size, align } => {
                self.composite(id, dw::DW_TAG_structure_type, name, *size, *align);
            }
            DebugType::Array { element, count, .. } => {
                let entry = self.place_type(id, root, dw::DW_TAG_array_type, "");
                self.type_of(entry, *element);
                let index = self.index_type();
                let range = self.add(entry, dw::DW_TAG_subrange_type);
                let range = self.entry(range);
                range.set(dw::DW_AT_type, AttributeValue::UnitRef(index));
                range.set(dw::DW_AT_lower_bound, number(0u64));
                range.set(dw::DW_AT_count, number(*count));
            }
            DebugType::CLikeEnum { name, base, size, values } => {
                let signed =
                    matches!(&module.debug_types[*base], DebugType::Base { encoding: BaseEncoding::Signed, .. });
                let (around, name) = self.path(name);
                let entry = self.place_type(id, around, dw::DW_TAG_enumeration_type, name);
                self.type_of(entry, *base);
                self.entry(entry).set(dw::DW_AT_enum_class, AttributeValue::Flag(true));
                self.size(entry, *size);
                for (name, value) in values {
                    // Debuggers know constants of at most 64 bits.
                    let value = match signed {
                        true => i64::try_from(*value).map(AttributeValue::Sdata),
                        false => u64::try_from(*value).map(AttributeValue::Udata),
                    };
                    let Ok(value) = value else { continue };
                    let enumerator = self.add(entry, dw::DW_TAG_enumerator);
                    self.name(enumerator, name);
                    self.entry(enumerator).set(dw::DW_AT_const_value, value);
                }
            }
            DebugType::Enum { name, size, align, tag, variants, parameters } => {
                let entry = self.composite(id, dw::DW_TAG_structure_type, name, *size, *align);
                self.variants(entry, *tag, variants);
                self.parameters(entry, parameters);
            }
        }
    }

    /// Puts a reserved type where it belongs.
    fn place_type(&mut self, id: DebugTypeId, around: UnitEntryId, tag: dw::DwTag, name: &str) -> UnitEntryId {
        let entry = self.types.entries[id].expect("reserved before");
        self.unit.unit.add_reserved(entry, around, tag);
        self.name(entry, name);
        entry
    }

    fn composite(&mut self, id: DebugTypeId, tag: dw::DwTag, name: &str, size: u64, align: u64) -> UnitEntryId {
        let (around, name) = match self.types.enums[id] {
            Some(of) => (of, name),
            None => self.path(name),
        };
        let entry = self.place_type(id, around, tag, name);
        self.size(entry, size);
        self.entry(entry).set(dw::DW_AT_alignment, number(align));
        entry
    }

    fn size(&mut self, entry: UnitEntryId, bytes: u64) {
        self.entry(entry).set(dw::DW_AT_byte_size, number(bytes));
    }

    /// Sets the type that an entry is of, or refers to.
    fn type_of(&mut self, entry: UnitEntryId, ty: DebugTypeId) {
        let ty = self.reserved_type(ty);
        self.entry(entry).set(dw::DW_AT_type, ty);
    }

    fn member(&mut self, around: UnitEntryId, name: &str, ty: DebugTypeId, offset: u64) -> UnitEntryId {
        let member = self.add(around, dw::DW_TAG_member);
        self.name(member, name);
        self.type_of(member, ty);
        self.entry(member).set(dw::DW_AT_data_member_location, number(offset));
        member
    }

    fn fields(&mut self, around: UnitEntryId, fields: &[DebugField]) {
        for field in fields {
            self.member(around, &field.name, field.ty, field.offset);
        }
    }

    fn parameters(&mut self, around: UnitEntryId, parameters: &[DebugParameter]) {
        for parameter in parameters {
            let entry = self.add(around, dw::DW_TAG_template_type_parameter);
            self.name(entry, &parameter.name);
            self.type_of(entry, parameter.ty);
        }
    }

    fn variants(&mut self, of: UnitEntryId, tag: Option<(DebugTypeId, u64)>, variants: &[DebugVariant]) {
        let part = self.add(of, dw::DW_TAG_variant_part);
        if let Some((ty, offset)) = tag {
            let member = self.member(part, "", ty, offset);
            self.entry(member).set(dw::DW_AT_artificial, AttributeValue::Flag(true));
            self.entry(part).set(dw::DW_AT_discr, AttributeValue::UnitRef(member));
        }
        for variant in variants {
            self.types.enums[variant.ty] = Some(of);
            let entry = self.add(part, dw::DW_TAG_variant);
            // DWARF's discriminants have at most 64 bits.
            let value = variant.discriminant.filter(|_| tag.is_some()).and_then(|value| u64::try_from(value).ok());
            if let Some(value) = value {
                self.entry(entry).set(dw::DW_AT_discr_value, number(value));
            }
            self.member(entry, &variant.name, variant.ty, 0);
        }
    }

    fn index_type(&mut self) -> UnitEntryId {
        if let Some(known) = self.types.index {
            return known;
        }
        let root = self.unit.unit.root();
        let entry = self.add(root, dw::DW_TAG_base_type);
        self.name(entry, "__ARRAY_SIZE_TYPE__");
        self.entry(entry).set(dw::DW_AT_encoding, AttributeValue::Encoding(dw::DW_ATE_unsigned));
        self.size(entry, 8);
        self.types.index = Some(entry);
        entry
    }
}
